import type { Instant } from '../instant.ts'
import type { WindowState } from './window.ts'

/** The windows of one trigger, or of one of the engine's own books. */
export class WindowSet {
  readonly project: string
  /** The `trigger` under which its windows are stored. */
  readonly identity: string
  readonly slots = new Map<string, Slot>()
  /** Slots that hold a state. */
  live = 0
  /** Since when no enabled automation has this trigger; null while one does. */
  orphanedSince: Instant | null = null

  constructor(project: string, identity: string) {
    this.project = project
    this.identity = identity
  }
}

/** The place of one window. It outlives its state until the store has been told that the state is gone. */
export class Slot {
  readonly owner: WindowSet
  readonly key: string
  state: WindowState | null = null
  /** Whether the store has a row of it. */
  stored: boolean
  /** Whether it changed in the step under way. */
  touched = false
  heapIndex = -1

  constructor(owner: WindowSet, key: string, stored: boolean) {
    this.owner = owner
    this.key = key
    this.stored = stored
  }
}
