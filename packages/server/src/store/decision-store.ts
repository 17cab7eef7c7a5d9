import type { EngineSnapshot, Firing, Instant, Observation, WindowChange } from '@upon/engine'
import type { NewLaunch } from './launch-table.ts'
import type { NewRaised } from './raised-table.ts'

export interface Decision {
  readonly epoch: number
  /** The cursor this decision was made from; the commit is refused when the store's differs. */
  readonly from: number
  readonly to: number
  readonly clock: Instant
  readonly engineVersion: number
  readonly windows: readonly WindowChange[]
  readonly firings: readonly Firing[]
  readonly launches: readonly NewLaunch[]
  readonly observations: readonly Observation[]
  readonly raised: readonly NewRaised[]
}

/** The cursor was moved by someone else, or the epoch is not ours: drop the memory and load again. */
export class StaleDecisionError extends Error {
  override readonly name = 'StaleDecisionError'
  readonly code = 'stale_decision'
}

export interface DecisionStore {
  /** Becomes the decider: raises and returns the epoch, so that commits under an older one are refused. */
  takeOver(): Promise<number>
  /** Everything decided so far, to continue from. */
  load(): Promise<EngineSnapshot>
  /**
   * Commits cursor (compare-and-set on `from` and `epoch`), windows, one window-history row per touched window, firings,
   * launches, observations and raised events in one transaction. Throws `StaleDecisionError`, leaving nothing behind.
   */
  commit(decision: Decision): Promise<void>
  /** The cursor and the clock of the last commit. */
  cursor(): Promise<{ position: number; clock: Instant; epoch: number }>
}
