import { labelAccepts, nameAccepts } from './pattern.ts'

type LabelSpec = Readonly<Record<string, string | readonly string[]>>

/** A trigger as it is stored, which is also how people write it. */
export interface StoredTrigger {
  readonly match: LabelSpec
  readonly match_related: LabelSpec | readonly LabelSpec[]
  readonly after: readonly string[]
  readonly expect: readonly string[]
  readonly for_each: readonly string[]
  readonly threshold: number
  /** Seconds. */
  readonly within: number
}

/** An event of the log. */
export interface OracleEvent {
  readonly position: number
  readonly received: number
  readonly id: string
  readonly source: string
  readonly name: string
  readonly occurred: number
  readonly resource: Labels
  readonly related: readonly Labels[]
  readonly follows: string | null
  readonly depth: number
  readonly rootReceived: number
}

export type Labels = Readonly<Record<string, string>>

export const expects = (trigger: StoredTrigger, event: OracleEvent): boolean =>
  event.name !== '' && (trigger.expect.length === 0 || trigger.expect.some((name) => nameAccepts(name, event.name)))

export const isAfter = (trigger: StoredTrigger, event: OracleEvent): boolean =>
  trigger.after.some((name) => nameAccepts(name, event.name))

export function covers(trigger: StoredTrigger, event: OracleEvent): boolean {
  if (!expects(trigger, event) && !isAfter(trigger, event)) return false
  if (!specHolds(trigger.match, event.resource)) return false
  const specs = isList(trigger.match_related) ? trigger.match_related : [trigger.match_related]
  return specs.every(
    (spec) => Object.keys(spec).length === 0 || event.related.some((labels) => specHolds(spec, labels)),
  )
}

const isList = (related: StoredTrigger['match_related']): related is readonly LabelSpec[] => Array.isArray(related)

function specHolds(spec: LabelSpec, labels: Labels): boolean {
  return Object.entries(spec).every(([label, wanted]) => {
    const value = Object.hasOwn(labels, label) ? labels[label] : undefined
    if (value === undefined) return false
    return (typeof wanted === 'string' ? [wanted] : wanted).some((pattern) => labelAccepts(pattern, value))
  })
}

/** The values of the sorted `for_each` labels; `''` for a missing one. */
export function keyOf(trigger: StoredTrigger, event: OracleEvent): readonly string[] {
  return [...trigger.for_each].sort().map((name) => {
    if (!name.startsWith('related:')) return event.resource[name] ?? ''
    const cut = name.lastIndexOf(':')
    const role = name.slice('related:'.length, Math.max(cut, 'related:'.length))
    const first = event.related.find((labels) => labels['prefect.resource.role'] === role)
    return first?.[name.slice(cut + 1)] ?? ''
  })
}
