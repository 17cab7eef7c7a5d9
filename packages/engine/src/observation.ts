/**
 * Something the engine saw and did not count, with its reason: kept as counters with sampled rows.
 * `late`: the event occurred before its window began. `key-limit`: the trigger holds too many keys.
 * `ahead`: evaluated in its own event time, over 60 s ahead of the log clock. `held` / `released`: waits for, or no
 * longer waits for, the event it follows. `error`: evaluating one automation failed; the others went on.
 */
export type ObservationReason = 'late' | 'key-limit' | 'ahead' | 'held' | 'released' | 'error'

export interface Observation {
  readonly project: string
  /** null where the observation concerns no single automation (`held`, `released`). */
  readonly automationId: string | null
  readonly version: number | null
  readonly reason: ObservationReason
  readonly position: number
  readonly eventId: string
  readonly detail: string
}
