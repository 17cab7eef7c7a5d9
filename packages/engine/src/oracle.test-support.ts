import type { AutomationVersion, Entry, EventEntry } from './entry.ts'
import type { Labels, LoggedEvent } from './event/logged-event.ts'
import type { LabelSpec, Trigger } from './grammar/trigger.ts'

// The engine's rules written a second time in the plainest way: lists that are searched, no index, no heaps, nothing
// shared with the engine but the types. Slow, and therefore easy to believe.

const SECOND = 1_000_000
const MINUTE = 60 * SECOND

export interface OracleFiring {
  readonly automation: string
  readonly version: number
  readonly event: string
  readonly at: number
  readonly key: string
}

interface Bucket {
  readonly identity: string
  readonly key: string
  readonly start: number
  readonly end: number
  count: number
}

export class Oracle {
  readonly firings: OracleFiring[] = []
  #clock = 0
  #automations: AutomationVersion[] = []
  #buckets: Bucket[] = []
  /** Identities that were in force once, and since when they are no longer. */
  readonly #goneSince = new Map<string, number>()
  #held: EventEntry[] = []

  feed(entry: Entry): void {
    const clock = Math.max(this.#clock, entry.received)
    this.#wakeHeld(clock)
    this.#clock = clock
    if (entry.kind === 'automation') this.#setAutomation(entry.automationId, entry.version)
    else if (entry.kind === 'event' && this.#waits(entry)) this.#held.push(entry)
    else if (entry.kind === 'event') this.#evaluate(entry, 0)
  }

  #wakeHeld(clock: number): void {
    for (;;) {
      const due = this.#held
        .filter(({ event }) => event.received + 15 * MINUTE <= clock)
        .sort((a, b) => a.event.received - b.event.received)[0]
      if (due === undefined) return
      this.#clock = Math.max(this.#clock, due.event.received + 15 * MINUTE)
      this.#release(due, 0)
    }
  }

  #waits({ event, position, leaderPosition }: EventEntry): boolean {
    if (event.follows === null || event.follows === event.id) return false
    const leaderIsHeld = this.#held.some((held) => held.position === leaderPosition)
    return leaderPosition === null || leaderPosition > position || leaderIsHeld
  }

  #release(entry: EventEntry, depth: number): void {
    this.#held = this.#held.filter((held) => held !== entry)
    this.#evaluate(entry, depth)
  }

  #evaluate(entry: EventEntry, depth: number): void {
    const { event, project } = entry
    const done = new Set<string>()
    const fired: OracleFiring[] = []
    for (const automation of this.#inForce(project)) {
      const identity = identityOf(automation)
      if (done.has(identity)) continue
      done.add(identity)
      const sharing = this.#inForce(project).filter((other) => identityOf(other) === identity)
      const { count, key } = this.#count(identity, automation.trigger, event)
      for (const { key: name, version } of sharing) {
        for (let time = 0; time < count; time += 1) {
          fired.push({ automation: name, version, event: event.id, at: this.#clock, key })
        }
      }
    }
    const orderOf = (name: string) =>
      this.#automations.find(({ key, project: p }) => key === name && p === project)?.order ?? 0
    this.firings.push(...fired.sort((a, b) => orderOf(a.automation) - orderOf(b.automation)))
    if (depth >= 20) return
    const followers = this.#held
      .filter((held) => held.project === project && held.event.follows === event.id)
      .sort((a, b) => a.event.occurred - b.event.occurred || a.position - b.position)
    for (const follower of followers) this.#release(follower, depth + 1)
  }

  #inForce(project: string): AutomationVersion[] {
    return this.#automations
      .filter((automation) => automation.enabled && automation.project === project)
      .sort((a, b) => a.order - b.order)
  }

  #setAutomation(id: string, version: AutomationVersion | null): void {
    const before = new Set(this.#automations.filter(({ enabled }) => enabled).map(identityOf))
    this.#automations = this.#automations.filter((automation) => automation.id !== id)
    if (version !== null) this.#automations.push(version)
    const after = new Set(this.#automations.filter(({ enabled }) => enabled).map(identityOf))
    for (const identity of before) if (!after.has(identity)) this.#goneSince.set(identity, this.#clock)
    for (const identity of after) {
      const since = this.#goneSince.get(identity)
      this.#goneSince.delete(identity)
      if (since === undefined || this.#clock - since <= MINUTE) continue
      this.#buckets = this.#buckets.filter((bucket) => bucket.identity !== identity)
    }
  }

  /** How often the trigger fires on this event. */
  #count(identity: string, trigger: Trigger, event: LoggedEvent): { count: number; key: string } {
    const key = naiveKey(trigger, event)
    const lane = event.occurred > this.#clock + MINUTE ? `${key} ahead` : key
    if (!naiveMatches(trigger, event)) return { count: 0, key }
    this.#buckets = this.#buckets.filter((bucket) => bucket.end + MINUTE > this.#clock)
    const find = () => this.#buckets.find((bucket) => bucket.identity === identity && bucket.key === lane)
    const drop = () => {
      this.#buckets = this.#buckets.filter((bucket) => !(bucket.identity === identity && bucket.key === lane))
    }
    const open = (start: number, end: number, count: number) =>
      this.#buckets.push({ identity, key: lane, start, end, count })
    const now = event.occurred
    const expects = trigger.expect.length === 0 || trigger.expect.some((name) => naiveName(name, event.event))
    const arms = trigger.after.some((name) => naiveName(name, event.event))
    const known = find()
    if (arms && known !== undefined && trigger.within > 0 && now >= known.end) drop()
    if (arms && find() === undefined) open(now, now + trigger.within, expects ? -1 : 0)
    if (trigger.after.length === 0 && find() === undefined) open(now - 15 * MINUTE, now + trigger.within, 0)
    if (!expects) return { count: 0, key }
    let fired = 0
    let pending = true
    for (;;) {
      const bucket = find()
      if (bucket === undefined || now < bucket.start) return { count: fired, key }
      if (pending && (trigger.within === 0 || now < bucket.end)) {
        bucket.count += 1
        pending = false
      }
      const met = bucket.count >= trigger.threshold
      if (met) {
        fired += 1
        drop()
      } else if (now < bucket.end) return { count: fired, key }
      if (trigger.after.length > 0) {
        drop()
        return { count: fired, key }
      }
      if (trigger.within === 0) return { count: fired, key }
      drop()
      const start = Math.max(bucket.end, now)
      open(start, start + trigger.within, 0)
      if (!pending) return { count: fired, key }
    }
  }
}

function identityOf({ id, owner, project, trigger }: AutomationVersion): string {
  const sorted = (spec: LabelSpec) =>
    Object.entries(spec)
      .map(([label, values]) => [label, [...values].sort()])
      .sort()
  const parts = [trigger.match, ...trigger.matchRelated].map(sorted)
  const { expect, after, forEach, threshold, within } = trigger
  return JSON.stringify([project, owner ?? id, parts, expect, after, forEach, threshold, within])
}

function naiveKey(trigger: Trigger, event: LoggedEvent): string {
  const values = trigger.forEach.map((name) => {
    const parts = name.split(':')
    if (parts[0] !== 'related' || parts.length < 3) return event.resource[name] ?? ''
    const role = parts.slice(1, -1).join(':')
    const resource = event.related.filter((labels) => labels['prefect.resource.role'] === role)[0]
    return resource?.[parts.at(-1) ?? ''] ?? ''
  })
  return values.length === 0 ? '' : JSON.stringify(values)
}

export function naiveMatches(trigger: Trigger, event: Pick<LoggedEvent, 'event' | 'resource' | 'related'>): boolean {
  const names = [...trigger.expect, ...trigger.after]
  const covered =
    event.event !== '' && (trigger.expect.length === 0 || names.some((name) => naiveName(name, event.event)))
  if (!covered || !naiveSpec(trigger.match, event.resource)) return false
  return trigger.matchRelated.every(
    (spec) => Object.keys(spec).length === 0 || event.related.some((labels) => naiveSpec(spec, labels)),
  )
}

function naiveSpec(spec: LabelSpec, labels: Labels): boolean {
  return Object.entries(spec).every(([label, values]) => {
    const value = Object.hasOwn(labels, label) ? labels[label] : undefined
    return value !== undefined && values.some((pattern) => naiveValue(pattern, value))
  })
}

/** Whether a label value matches one pattern. */
export function naiveValue(pattern: string, value: string): boolean {
  return pattern.startsWith('!') ? !naiveGlob([...pattern.slice(1)], [...value]) : naiveGlob([...pattern], [...value])
}

function naiveGlob(pattern: readonly string[], value: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return value.length === 0
  if (first === '*') return naiveGlob(rest, value) || (value.length > 0 && naiveGlob(pattern, value.slice(1)))
  if (value[0] === undefined) return false
  const close = first === '[' ? rest.indexOf(']', rest[0] === '!' ? 2 : 1) : -1
  if (close > 0) return naiveClass(rest.slice(0, close), value[0]) && naiveGlob(rest.slice(close + 1), value.slice(1))
  return (first === '?' || first === value[0]) && naiveGlob(rest, value.slice(1))
}

function naiveClass(body: readonly string[], character: string): boolean {
  return body[0] === '!' ? !naiveRanges(body.slice(1), character) : naiveRanges(body, character)
}

function naiveRanges(body: readonly string[], character: string): boolean {
  if (body.length === 0) return false
  const [low = '', dash, high] = body
  const code = (text: string) => text.codePointAt(0) ?? 0
  if (dash === '-' && high !== undefined) {
    const inside = code(low) <= code(character) && code(character) <= code(high)
    return inside || naiveRanges(body.slice(3), character)
  }
  return low === character || naiveRanges(body.slice(1), character)
}

/** Whether an event name matches one pattern: only `*` is special, and takes at least one character. */
export function naiveName(pattern: string, name: string): boolean {
  if (pattern === '') return name === ''
  if (!pattern.startsWith('*'))
    return name.startsWith(pattern.slice(0, 1)) && naiveName(pattern.slice(1), name.slice(1))
  for (let taken = 1; taken <= name.length; taken += 1) if (naiveName(pattern.slice(1), name.slice(taken))) return true
  return false
}
