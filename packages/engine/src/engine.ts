import { DeciderMemory } from './decide/decider-memory.ts'
import type { AutomationVersion, Entry } from './entry.ts'
import type { LoggedEvent } from './event/logged-event.ts'
import type { Firing } from './firing.ts'
import type { Instant } from './instant.ts'
import type { MatchIndexStats } from './match/match-index.ts'
import type { Observation } from './observation.ts'
import type { StoredWindow, WindowChange } from './window/window.ts'

/** Recorded with every decided batch; raised when the same log could lead to other decisions. */
export const ENGINE_VERSION = 1

export interface EngineOptions {
  /** Keys one trigger may hold at a time. @default 100_000 */
  readonly keysPerTriggerMax?: number
  /** Events of one project that may wait for the one they follow; others do not wait. @default 10_000 */
  readonly heldEventsMax?: number
  /** Generations of one causal chain that may fire within `loopWithin`. @default 25 */
  readonly loopGenerationsMax?: number
  /** Firings of one causal chain within `loopWithin`, without the first two generations after its root. @default 1_000 */
  readonly loopFiringsMax?: number
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

/** How much an engine holds, for metrics. */
export interface EngineStats {
  readonly liveWindows: number
  readonly heldEvents: number
  readonly projects: readonly ({ readonly project: string; readonly automations: number } & MatchIndexStats)[]
}

/** Builds the engine's memory from what was decided and stored before. The snapshot is not kept. */
export function loadEngine(snapshot: EngineSnapshot, options: EngineOptions = {}): EngineState {
  return new DeciderMemory(snapshot, options)
}

/**
 * Decides the entries that follow the state's cursor, in log order, and moves the state past them. The same entries
 * give the same decisions however they are cut into steps. Throws a `RangeError` on an entry at or before the cursor.
 */
export function step(state: EngineState, entries: readonly Entry[]): StepResult {
  return memoryOf(state).step(entries)
}

/** Counts what the engine holds: windows, held events, and how well each project's triggers are indexed. */
export function engineStats(state: EngineState): EngineStats {
  const memory = memoryOf(state)
  return {
    liveWindows: memory.liveWindows,
    heldEvents: memory.heldEvents,
    projects: [...memory.projects.values()].map(({ project, automationCount, index }) => ({
      project,
      automations: automationCount,
      ...index.stats(),
    })),
  }
}

function memoryOf(state: EngineState): DeciderMemory {
  if (state instanceof DeciderMemory) return state
  throw new TypeError('an engine state comes from loadEngine')
}
