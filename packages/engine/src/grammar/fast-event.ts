import type { Labels } from '../event/logged-event.ts'
import type { NewEvent } from '../event/new-event.ts'
import { formatInstant, type Instant, parseInstant } from '../instant.ts'
import { isJsonObject } from '../json.ts'
import {
  DEFAULT_SOURCE,
  EVENT_NAME_CHARS_MAX,
  OWN_SOURCE,
  RELATED_RESOURCES_MAX,
  SOURCE_CHARS_MAX,
  TRACEPARENT,
  UUID,
} from './event-limits.ts'
import { ID_LABEL, isAlias, isOwnName, LABELS_PER_RESOURCE_MAX, ROLE_LABEL } from './labels.ts'

interface Defaults {
  readonly newId: () => string
  readonly now: Instant
}

const KEYS = new Set(['id', 'source', 'event', 'occurred', 'resource', 'related', 'payload', 'follows', 'traceparent'])
const NO_RELATED: readonly Labels[] = []

/**
 * Takes an event in its usual form without going through the schema, which costs several times as much.
 * Null means "not sure", never "wrong": the schema decides then, and names what is wrong.
 */
export function fastEvent(input: unknown, defaults: Defaults): NewEvent | null {
  if (!isJsonObject(input)) return null
  for (const key in input) if (!KEYS.has(key)) return null
  const { event, resource, related = NO_RELATED, payload = {}, source = DEFAULT_SOURCE } = input
  if (typeof event !== 'string' || event.length > EVENT_NAME_CHARS_MAX || isOwnName(event)) return null
  // Stores end a text there.
  if (event.includes('\0')) return null
  if (!isSource(source) || !isResource(resource) || !areRelated(related) || !isJsonObject(payload)) return null
  const { id = defaults.newId(), follows = null, traceparent = null } = input
  if (typeof id !== 'string' || !UUID.test(id) || !isNullOr(UUID, follows) || !isNullOr(TRACEPARENT, traceparent))
    return null
  const { occurred: occurredText = formatInstant(defaults.now) } = input
  if (typeof occurredText !== 'string') return null
  const occurred = parseInstant(occurredText)
  if (occurred === null) return null
  return { id, source, event, occurred, occurredText, resource, related, payload, follows, traceparent }
}

function isSource(source: unknown): source is string {
  return (
    typeof source === 'string' &&
    source !== '' &&
    source.length <= SOURCE_CHARS_MAX &&
    source !== OWN_SOURCE &&
    !source.includes('\0')
  )
}

function isNullOr(form: RegExp, value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && form.test(value))
}

function isResource(labels: unknown): labels is Labels {
  if (!isJsonObject(labels)) return false
  let count = 0
  for (const label in labels) {
    if (typeof labels[label] !== 'string' || isAlias(label) || label === '__proto__') return false
    count += 1
  }
  if (count > LABELS_PER_RESOURCE_MAX) return false
  const id = labels[ID_LABEL]
  return typeof id === 'string' && id !== '' && !isOwnName(id)
}

function areRelated(related: unknown): related is readonly Labels[] {
  if (!Array.isArray(related) || related.length > RELATED_RESOURCES_MAX) return false
  for (const labels of related) {
    if (!isResource(labels) || typeof labels[ROLE_LABEL] !== 'string' || labels[ROLE_LABEL] === '') return false
  }
  return true
}
