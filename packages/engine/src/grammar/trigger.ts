import type { Instant } from '../instant.ts'

/** Label name to the values it may have (OR); all labels must hold (AND). */
export type LabelSpec = Readonly<Record<string, readonly string[]>>

/** A trigger in its stored form: every default filled in, durations in microseconds, sets sorted. */
export type Trigger = EventTrigger

export interface EventTrigger {
  readonly type: 'event'
  readonly match: LabelSpec
  readonly matchRelated: readonly LabelSpec[]
  readonly after: readonly string[]
  readonly expect: readonly string[]
  readonly forEach: readonly string[]
  readonly posture: 'Reactive'
  readonly threshold: number
  readonly within: Instant
}
