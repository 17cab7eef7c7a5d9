import type { Instant } from '../instant.ts'
import type { WindowState } from './window.ts'

/** The windows of one trigger, or of one of the engine's own books. */
export class WindowSet {
  readonly project: string
  /** The `trigger` under which its windows are stored. */
  readonly identity: string
  /** Slots that hold a state. */
  live = 0
  /** Since when no enabled automation has this trigger; null while one does. */
  orphanedSince: Instant | null = null

  // Most triggers have one window, without a key: a map for it would cost more than the window.
  #unkeyed: Slot | null = null
  #keyed: Map<string, Slot> | null = null

  constructor(project: string, identity: string) {
    this.project = project
    this.identity = identity
  }

  /** Slots, whether they hold a state or wait for their row to be deleted. */
  get size(): number {
    return (this.#unkeyed === null ? 0 : 1) + (this.#keyed?.size ?? 0)
  }

  get(key: string): Slot | null {
    return key === '' ? this.#unkeyed : (this.#keyed?.get(key) ?? null)
  }

  add(slot: Slot): void {
    if (slot.key === '') this.#unkeyed = slot
    else {
      this.#keyed ??= new Map()
      this.#keyed.set(slot.key, slot)
    }
  }

  /** Removes the slot, unless another has taken its place. */
  remove(slot: Slot): void {
    if (this.get(slot.key) !== slot) return
    if (slot.key === '') this.#unkeyed = null
    else this.#keyed?.delete(slot.key)
  }

  slots(): Slot[] {
    const keyed = [...(this.#keyed?.values() ?? [])]
    return this.#unkeyed === null ? keyed : [this.#unkeyed, ...keyed]
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
