import { expects, isAfter, keyOf, type OracleEvent, type StoredTrigger } from './trigger.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const LOOK_BACK = 15 * MINUTE
const EXPIRED_AFTER = 60 * SECOND
const AHEAD_AFTER = 60 * SECOND

interface Bucket {
  start: number
  end: number
  count: number
}

/** The windows of one automation's trigger, by the pseudo-code of the specification and the plan's improvements to it. */
export class Buckets {
  readonly #trigger: StoredTrigger
  readonly #within: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(trigger: StoredTrigger) {
    this.#trigger = trigger
    this.#within = Math.round(trigger.within * SECOND)
  }

  /** Counts an event the trigger covers at the log clock; tells how often it fires. */
  count(event: OracleEvent, clock: number): number {
    const trigger = this.#trigger
    const values = JSON.stringify(keyOf(trigger, event))
    // Far ahead of the log clock an event counts in a window of its own.
    const key = event.occurred - clock > AHEAD_AFTER ? `ahead ${values}` : values
    this.#expire(key, clock)
    const counts = expects(trigger, event)
    if (trigger.after.length > 0 && isAfter(trigger, event)) this.#arm(key, event.occurred, counts ? -1 : 0)
    else if (trigger.after.length === 0 && counts && !this.#buckets.has(key)) {
      this.#buckets.set(key, {
        start: event.occurred - LOOK_BACK,
        end: event.occurred + this.#within,
        count: 0,
      })
    }
    return counts && this.#buckets.has(key) ? this.#evaluate(key, event.occurred) : 0
  }

  /** A window that is over counts as absent a minute later on the log clock, whether or not anyone deleted it. */
  #expire(key: string, clock: number): void {
    const bucket = this.#buckets.get(key)
    if (bucket !== undefined && bucket.end + EXPIRED_AFTER <= clock) this.#buckets.delete(key)
  }

  #arm(key: string, occurred: number, count: number): void {
    const bucket = this.#buckets.get(key)
    const stale = bucket !== undefined && this.#within > 0 && occurred >= bucket.end
    if (bucket !== undefined && !stale) return
    this.#buckets.set(key, { start: occurred, end: occurred + this.#within, count })
  }

  #evaluate(key: string, now: number): number {
    const bucket = this.#buckets.get(key)
    if (bucket === undefined || now < bucket.start) return 0
    const inside = this.#within === 0 || now < bucket.end
    if (inside) bucket.count += 1
    const fires = bucket.count >= this.#trigger.threshold ? 1 : 0
    if (fires === 0 && now < bucket.end) return 0
    if (fires === 1) this.#buckets.delete(key)
    if (this.#trigger.after.length > 0) {
      this.#buckets.delete(key)
      return fires
    }
    if (this.#within === 0) return fires
    const start = Math.max(bucket.end, now)
    this.#buckets.set(key, { start, end: start + this.#within, count: 0 })
    return inside ? fires : fires + this.#evaluate(key, now)
  }
}
