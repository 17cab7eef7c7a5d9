import type { AutomationVersion } from '../entry.ts'
import type { Trigger } from '../grammar/trigger.ts'
import type { Instant } from '../instant.ts'
import type { Indexable } from '../match/match-index.ts'
import { compilePredicate, type Predicate } from '../match/predicate.ts'
import { type KeyReader, keyReader } from '../window/key.ts'
import type { Counting } from '../window/reactive.ts'
import type { WindowSet } from '../window/slot.ts'

const NO_KEYS: readonly KeyReader[] = []

/** An enabled automation version that has the trigger at `path`. */
export interface Member {
  readonly automation: AutomationVersion
  readonly path: string
}

/**
 * A trigger that is in force. Its windows belong to its identity, not to an automation: saving or re-creating an
 * unchanged trigger continues them, and two automations of one owner with the same trigger share them.
 */
export class Progress implements Indexable, Counting {
  readonly identity: string
  readonly trigger: Trigger
  readonly predicate: Predicate
  readonly threshold: number
  readonly within: Instant
  readonly armed: boolean
  readonly keys: readonly KeyReader[]
  /** In automation order, never empty while the trigger is in force. */
  members: readonly Member[] = []
  /** Null until the trigger has its first window, which most never have. */
  windows: WindowSet | null = null

  constructor(identity: string, trigger: Trigger) {
    this.identity = identity
    this.trigger = trigger
    this.predicate = compilePredicate(trigger)
    this.threshold = trigger.threshold
    this.within = trigger.within
    this.armed = trigger.after.length > 0
    this.keys = trigger.forEach.length === 0 ? NO_KEYS : trigger.forEach.map(keyReader)
  }

  get order(): number {
    return this.members[0]?.automation.order ?? 0
  }
}
