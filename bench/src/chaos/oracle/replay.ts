import { Buckets } from './buckets.ts'
import { covers, keyOf, type OracleEvent, type StoredTrigger } from './trigger.ts'

const MINUTE = 60_000_000
const FOLLOW_WAIT = 15 * MINUTE
const PROGRESS_KEPT = MINUTE
const FOLLOW_DEPTH_MAX = 20
const GENERATIONS_MAX = 25
const GENERATIONS_WITHIN = 10 * MINUTE

/** A row of the log. */
export type OracleEntry =
  | { readonly kind: 'event'; readonly event: OracleEvent }
  | { readonly kind: 'clock'; readonly received: number }
  | {
      readonly kind: 'automation'
      readonly received: number
      readonly automationId: string
      readonly version: OracleAutomation | null
    }

export interface OracleAutomation {
  readonly id: string
  readonly version: number
  readonly enabled: boolean
  readonly trigger: StoredTrigger
}

/** A firing that has to be there, told apart from others by what caused it and not by its id. */
export interface ExpectedFiring {
  readonly automationId: string
  readonly version: number
  readonly eventPosition: number
  readonly key: readonly string[]
  readonly refused: boolean
}

interface InForce extends OracleAutomation {
  readonly buckets: Buckets
}

/** Progress of an automation that is not in force; it may come back for as long as `PROGRESS_KEPT`. */
interface Suspended {
  readonly trigger: string
  readonly buckets: Buckets
  readonly since: number
}

interface Parked {
  readonly event: OracleEvent
  readonly leader: string
  readonly deadline: number
}

/**
 * Replays a log from its first entry: what should have fired. Asks every automation about every event, in the order of
 * the log, and knows nothing of batches, crashes or indexes.
 */
export function replay(entries: Iterable<OracleEntry>): readonly ExpectedFiring[] {
  const automations = new Map<string, InForce>()
  const suspended = new Map<string, Suspended>()
  const evaluated = new Set<string>()
  const firings: ExpectedFiring[] = []
  let parked: Parked[] = []
  let clock = 0

  function evaluate(event: OracleEvent, depth: number): void {
    for (const automation of automations.values()) fire(automation, event)
    evaluated.add(event.id)
    if (depth >= FOLLOW_DEPTH_MAX) return
    const followers = parked.filter(({ leader }) => leader === event.id).sort(byOccurred)
    for (const follower of followers) release(follower, depth + 1)
  }

  function fire({ id, version, trigger, buckets }: InForce, event: OracleEvent): void {
    if (!covers(trigger, event)) return
    const refused = event.depth + 1 > GENERATIONS_MAX && clock - event.rootReceived <= GENERATIONS_WITHIN
    const times = buckets.count(event, clock)
    const firing = { automationId: id, version, eventPosition: event.position, key: keyOf(trigger, event), refused }
    for (let time = 0; time < times; time += 1) firings.push(firing)
  }

  function release(follower: Parked, depth: number): void {
    if (!parked.includes(follower)) return
    parked = parked.filter((other) => other !== follower)
    evaluate(follower.event, depth)
  }

  function releaseDue(until: number): void {
    for (;;) {
      const due = parked
        .filter(({ deadline }) => deadline <= until)
        .sort((a, b) => a.deadline - b.deadline || byOccurred(a, b))
      const [first] = due
      if (first === undefined) return
      clock = Math.max(clock, first.deadline)
      release(first, 0)
    }
  }

  function take(event: OracleEvent): void {
    const { follows } = event
    if (follows === null || follows === event.id || evaluated.has(follows)) evaluate(event, 0)
    else parked.push({ event, leader: follows, deadline: event.received + FOLLOW_WAIT })
  }

  /** An unchanged trigger keeps its windows when its automation is saved again, or soon after it was away. */
  function putInForce(id: string, version: OracleAutomation | null): void {
    const former = automations.get(id)
    if (former !== undefined) {
      suspended.set(id, { trigger: JSON.stringify(former.trigger), buckets: former.buckets, since: clock })
      automations.delete(id)
    }
    if (version === null || !version.enabled) return
    const kept = suspended.get(id)
    const goesOn = kept?.trigger === JSON.stringify(version.trigger) && clock - kept.since <= PROGRESS_KEPT
    automations.set(id, {
      ...version,
      buckets: goesOn && kept !== undefined ? kept.buckets : new Buckets(version.trigger),
    })
    suspended.delete(id)
  }

  for (const entry of entries) {
    const received = entry.kind === 'event' ? entry.event.received : entry.received
    const now = Math.max(clock, received)
    releaseDue(now)
    clock = now
    if (entry.kind === 'event') take(entry.event)
    else if (entry.kind === 'automation') putInForce(entry.automationId, entry.version)
  }
  return firings
}

const byOccurred = (a: Parked, b: Parked): number =>
  a.event.occurred - b.event.occurred || a.event.position - b.event.position
