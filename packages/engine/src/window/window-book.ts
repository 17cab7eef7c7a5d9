import { type Instant, MINUTE } from '../instant.ts'
import { Heap } from './heap.ts'
import { Slot, type WindowSet } from './slot.ts'
import type { ChainWindow, CountingWindow, StoredWindow, WindowChange, WindowState } from './window.ts'

/** How long after its end a window can still be found, on the log clock: events come out of order. */
export const EXPIRY_DELAY: Instant = MINUTE

/** How long the windows of a trigger outlive it, on the log clock: a deploy removes and re-creates automations. */
export const ORPHAN_GRACE: Instant = MINUTE

/** Rows of expired windows that one step tells the store to delete. They are absent already: this only frees space. */
export const HOUSEKEEPING_DELETES_MAX = 1_000

function endOf({ state }: Slot): Instant {
  return state !== null && ends(state) ? state.end : Number.POSITIVE_INFINITY
}

/** Whether its time is over at some point by itself. */
function ends(state: WindowState): state is CountingWindow | ChainWindow {
  return state.kind === 'counting' || state.kind === 'chain'
}

/** All windows of all projects: reads and writes them, lets them expire, and tells what changed in a step. */
export class WindowBook {
  readonly #byEnd = new Heap<Slot>((a, b) => endOf(a) < endOf(b))
  #touched: Slot[] = []
  /** Gone from memory, and still to be deleted from the store. */
  #removals: Slot[] = []
  /** Oldest first; one that was taken over again stays in it without effect. */
  readonly #orphans: WindowSet[] = []

  get liveWindows(): number {
    return this.#byEnd.size
  }

  read(owner: WindowSet, key: string): WindowState | null {
    return owner.get(key)?.state ?? null
  }

  readCounting(owner: WindowSet, key: string): CountingWindow | null {
    const state = this.read(owner, key)
    return state?.kind === 'counting' ? state : null
  }

  /** Puts a window that the store already has. */
  load(owner: WindowSet, window: StoredWindow): void {
    const slot = new Slot(owner, window.key, true)
    owner.add(slot)
    this.#assign(slot, window.state)
  }

  write(owner: WindowSet, key: string, state: WindowState | null): void {
    const known = owner.get(key)
    if (known === null && state === null) return
    const slot = known ?? new Slot(owner, key, false)
    if (known === null) owner.add(slot)
    this.#assign(slot, state)
    this.#touch(slot)
  }

  /** Lets go what is over at this log clock: ended windows after `EXPIRY_DELAY`, orphans after `ORPHAN_GRACE`. */
  expire(clock: Instant): void {
    this.#expireEnded(clock)
    for (let oldest = this.#orphans[0]; oldest !== undefined; oldest = this.#orphans[0]) {
      const since = oldest.orphanedSince
      if (since !== null && clock - since <= ORPHAN_GRACE) return
      this.#orphans.shift()
      if (since !== null) this.abandon(oldest)
    }
  }

  /** Notes that a trigger is in force no longer; its windows stay for `ORPHAN_GRACE`, for it may come back. */
  orphan(owner: WindowSet, since: Instant): void {
    owner.orphanedSince = since
    this.#orphans.push(owner)
  }

  #expireEnded(clock: Instant): void {
    for (let slot = this.#byEnd.peek(); slot !== undefined; slot = this.#byEnd.peek()) {
      if (endOf(slot) + EXPIRY_DELAY > clock) return
      this.#forget(slot)
    }
  }

  /** Lets all windows of an owner go; their rows are deleted by and by. */
  abandon(owner: WindowSet): void {
    for (const slot of owner.slots()) if (slot.state !== null) this.#forget(slot)
  }

  /** Deletes the rows of an owner's gone windows in this step, so that none can come back after a restart. */
  flush(owner: WindowSet): void {
    for (const slot of owner.slots()) if (slot.state === null) this.#touch(slot)
  }

  /** What the store has to write after a step: at most one change for each window. */
  drain(): WindowChange[] {
    const changes: WindowChange[] = []
    for (const slot of this.#touched) this.#settle(slot, changes)
    this.#touched = []
    for (const slot of this.#removals.splice(0, HOUSEKEEPING_DELETES_MAX)) {
      if (slot.state === null) this.#settle(slot, changes)
    }
    return changes
  }

  #settle(slot: Slot, changes: WindowChange[]): void {
    const { owner, key, state } = slot
    slot.touched = false
    if (state !== null || slot.stored) changes.push({ project: owner.project, trigger: owner.identity, key, state })
    slot.stored = state !== null
    if (state === null) owner.remove(slot)
  }

  #touch(slot: Slot): void {
    if (slot.touched) return
    slot.touched = true
    this.#touched.push(slot)
  }

  #forget(slot: Slot): void {
    this.#assign(slot, null)
    if (!slot.touched) this.#removals.push(slot)
  }

  #assign(slot: Slot, state: WindowState | null): void {
    slot.owner.live += (state === null ? 0 : 1) - (slot.state === null ? 0 : 1)
    const hasEnd = state !== null && ends(state)
    const movesEnd = slot.state === null || !hasEnd || state.end !== endOf(slot)
    slot.state = state
    // Most changes count one more event in the same window: its place in the heap is the same.
    if (!movesEnd) return
    if (hasEnd) this.#byEnd.put(slot)
    else this.#byEnd.remove(slot)
  }
}
