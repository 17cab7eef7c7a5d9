import type { AutomationVersion, Entry } from './entry.ts'
import type { LoggedEvent } from './event/logged-event.ts'
import type { Firing } from './firing.ts'
import type { Instant } from './instant.ts'
import type { Observation } from './observation.ts'
import type { StoredWindow, WindowChange } from './window/window.ts'

/** Recorded with every decided batch; raised when the same log could lead to other decisions. */
export const ENGINE_VERSION = 1

export interface EngineOptions {
  /** Keys one trigger may hold at a time. @default 100_000 */
  readonly keysPerTriggerMax?: number
  /** Causal generations allowed within `loopWithin` of the root. @default 25 */
  readonly loopGenerationsMax?: number
  /** Microseconds. @default 10 minutes */
  readonly loopWithin?: Instant
}

/** What a decider loads when it takes over: everything decided up to `cursor`. */
export interface EngineSnapshot {
  readonly cursor: number
  readonly clock: Instant
  readonly automations: readonly AutomationVersion[]
  readonly windows: readonly StoredWindow[]
  /** The parked events named by `held` windows. */
  readonly heldEvents: readonly LoggedEvent[]
}

export interface StepResult {
  readonly firings: readonly Firing[]
  readonly windows: readonly WindowChange[]
  readonly observations: readonly Observation[]
  /** The log clock after the last entry. */
  readonly clock: Instant
  /** When the next timer is due, or null. Live appends a `clock` entry if it passes without one. */
  readonly nextDeadline: Instant | null
}

/** Opaque memory of the engine. Owned by one decider; thrown away and loaded again when a commit fails. */
export interface EngineState {
  readonly cursor: number
  readonly clock: Instant
  readonly nextDeadline: Instant | null
}

// loadEngine(snapshot, options): EngineState
// step(state, entries): StepResult
