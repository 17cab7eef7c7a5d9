import { isOwnName } from './labels.ts'

/** Code points of an event's name. */
export const EVENT_NAME_CHARS_MAX = 1024
export const RELATED_RESOURCES_MAX = 100
export const SOURCE_CHARS_MAX = 200
/** Bytes of one event as UTF-8 JSON. Whoever holds the bytes (the server) checks it. */
export const EVENT_BYTES_MAX = 1_500_000

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
export const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The source of events that Upon raises itself, closed to everyone else. */
export const OWN_SOURCE = 'upon'
export const DEFAULT_SOURCE = 'api'

/** Why nobody outside may send an event of this name, or null. */
export function eventNameProblem(name: string): string | null {
  if (isOwnName(name)) return `Event names under upon.* are reserved; "${name}" is refused`
  if (name.includes('\0')) return 'Event name must not contain the character U+0000'
  const long = name.length > EVENT_NAME_CHARS_MAX && [...name].length > EVENT_NAME_CHARS_MAX
  return long ? `Event name must be at most ${EVENT_NAME_CHARS_MAX} characters` : null
}
