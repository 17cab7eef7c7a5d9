import type { Labels } from '../event/logged-event.ts'
import { ROLE_LABEL } from '../grammar/labels.ts'
import { labelOf, type Matchable } from '../match/predicate.ts'

const RELATED = /^related:(.*):([^:]*)$/s

/** Reads one `for_each` label of an event; `''` where it is missing. */
export type KeyReader = (event: Matchable) => string

/** `related:<role>:<label>` reads the first related resource in that role; anything else is a label of the resource. */
export function keyReader(name: string): KeyReader {
  const related = RELATED.exec(name)
  if (related === null) return ({ resource }) => labelOf(resource, name) ?? ''
  const [, role = '', label = ''] = related
  return (event) => labelOf(firstInRole(event.related, role), label) ?? ''
}

const NO_LABELS: Labels = {}

function firstInRole(related: readonly Labels[], role: string): Labels {
  return related.find((labels) => labels[ROLE_LABEL] === role) ?? NO_LABELS
}

/** Canonical text of the values: `''` for none, else a JSON array. */
export function keyText(values: readonly string[]): string {
  return values.length === 0 ? '' : JSON.stringify(values)
}

/** The key under which a trigger with this `for_each` counts an event. */
export const windowKey = (forEach: readonly string[], event: Matchable): string =>
  keyText(forEach.map((name) => keyReader(name)(event)))

// A key's text is empty or ends in `]`, so this suffix can belong to no other key.
const AHEAD_SUFFIX = '@ahead'

/** The separate window of a key in which events far ahead of the log clock are counted. */
export function aheadKey(key: string): string {
  return key + AHEAD_SUFFIX
}
