import type { Instant } from '../instant.ts'

/**
 * State the engine keeps between batches, stored by (trigger, key).
 * `trigger` is the progress identity: a hash of (project, owner or automation, canonical trigger subtree).
 */
export type WindowState = CountingWindow | HeldEvent | OrphanedProgress | ChainWindow

/** Half-open `[start, end)` in event time, counting towards a threshold. */
export interface CountingWindow {
  readonly kind: 'counting'
  readonly start: Instant
  readonly end: Instant
  readonly count: number
  readonly lastEvent: { readonly id: string; readonly position: number } | null
}

/** An event parked until the event it follows has been processed, at the latest until `deadline`. */
export interface HeldEvent {
  readonly kind: 'held'
  readonly leaderId: string
  readonly position: number
  readonly occurred: Instant
  readonly deadline: Instant
}

/** The windows of a trigger that no enabled automation has any more: kept for a while in case it comes back. */
export interface OrphanedProgress {
  readonly kind: 'orphaned'
  /** The log clock when the last automation with this trigger was disabled, changed or removed. */
  readonly since: Instant
}

/** What a causal chain fired within some time; its key is the id of the chain's root. */
export interface ChainWindow {
  readonly kind: 'chain'
  readonly start: Instant
  /** The last instant that belongs to it. */
  readonly end: Instant
  /** Depth of the event that fired first. */
  readonly depth: number
  readonly count: number
}

/** A window as it is stored and loaded. */
export interface StoredWindow {
  readonly project: string
  readonly trigger: string
  readonly key: string
  readonly state: WindowState
}

/** What a step did to one window; `state: null` removes it. */
export interface WindowChange {
  readonly project: string
  readonly trigger: string
  readonly key: string
  readonly state: WindowState | null
}
