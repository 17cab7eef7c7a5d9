import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { engineStats, loadEngine, step } from './engine.ts'
import type { AutomationVersion, Entry } from './entry.ts'
import type { LoggedEvent } from './event/logged-event.ts'
import type { Trigger } from './grammar/trigger.ts'
import { SECOND } from './instant.ts'
import { Oracle } from './oracle.test-support.ts'
import { Replay } from './replay.test-support.ts'

const START = 1_767_225_600 * SECOND

const TRIGGER: Trigger = {
  type: 'event',
  match: {},
  matchRelated: [],
  after: [],
  expect: ['a'],
  forEach: [],
  posture: 'Reactive',
  threshold: 1,
  within: 0,
}

function automation(key: string, trigger: Partial<Trigger>, more: Partial<AutomationVersion> = {}): AutomationVersion {
  const order = Number.parseInt(key.slice(1), 10)
  return {
    id: `id-${key}`,
    project: 'p',
    key,
    version: 1,
    order,
    owner: null,
    enabled: true,
    trigger: { ...TRIGGER, ...trigger },
    ...more,
  }
}

function eventEntry(position: number, more: Partial<LoggedEvent> = {}, leaderPosition: number | null = null): Entry {
  const received = more.received ?? START + position * SECOND
  const id = more.id ?? `event-${position}`
  const event: LoggedEvent = {
    id,
    source: 'api',
    event: 'a',
    occurred: received,
    occurredText: '',
    received,
    position,
    resource: { 'prefect.resource.id': 'r' },
    related: [],
    payload: {},
    follows: null,
    depth: 0,
    rootId: id,
    rootReceived: received,
    traceparent: null,
    ...more,
  }
  return { kind: 'event', position, received, project: 'p', event, leaderPosition }
}

function setEntry(position: number, version: AutomationVersion, received = START + position * SECOND): Entry {
  return { kind: 'automation', position, received, project: version.project, automationId: version.id, version }
}

const trigger = fc.record({
  expect: fc.subarray(['a', 'b', 'c', 'x.*']),
  after: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray(['a', 'c', 'x.*']) }),
  threshold: fc.constantFrom(1, 1, 2, 3, 0, -1),
  within: fc.constantFrom(0, 1, 10, 40, 300).map((seconds) => seconds * SECOND),
  forEach: fc.subarray(['env', 'related:tag:env'], { maxLength: 1 }),
  match: fc.constantFrom({}, { 'prefect.resource.id': ['r'] }, { env: ['!prod', 'prod*'] }),
  matchRelated: fc.constantFrom([], [], [{ env: ['blue'] }]),
})

const gap = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 15 }).map((seconds) => seconds * SECOND) },
  { weight: 2, arbitrary: fc.constantFrom(1, 60 * SECOND, 61 * SECOND, 400 * SECOND) },
  { weight: 1, arbitrary: fc.constant(901 * SECOND) },
)
const skew = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: -30, max: 30 }).map((seconds) => seconds * SECOND) },
  { weight: 1, arbitrary: fc.constantFrom(-1_000, -300, 60, 61, 3_600).map((seconds) => seconds * SECOND) },
)

const line = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('event' as const),
      gap,
      skew,
      name: fc.constantFrom('a', 'a', 'b', 'c', 'x.y', ''),
      resource: fc.constantFrom('r', 'r', 's'),
      env: fc.option(fc.constantFrom('prod', 'dev'), { nil: undefined }),
      related: fc.option(fc.constantFrom('blue', 'red'), { nil: undefined }),
      follows: fc.option(fc.integer({ min: -6, max: 6 }), { nil: undefined, freq: 3 }),
      project: fc.constantFrom('p', 'p', 'p', 'q'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      gap,
      place: fc.nat(3),
      remove: fc.boolean(),
      enabled: fc.boolean(),
      reuse: fc.boolean(),
      trigger,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clock' as const), gap }) },
)
type Line = typeof line extends fc.Arbitrary<infer T> ? T : never

function logOf(triggers: readonly Partial<Trigger>[], lines: readonly Line[]): Entry[] {
  const entries: Entry[] = triggers.map((each, place) =>
    setEntry(place + 1, automation(`k${place}`, each, { owner: place % 2 === 0 ? 'owner' : null }), START + place + 1),
  )
  const first = entries.length + 1
  let received = START + first
  for (const [index, each] of lines.entries()) {
    received += each.gap
    const position = first + index
    const base = { position, received, project: 'p' }
    if (each.kind === 'clock') entries.push({ kind: 'clock', ...base, resumed: false })
    else if (each.kind === 'set') entries.push(setLine(each, base, triggers))
    else entries.push(eventLine(each, { ...base, project: each.project }, (leader) => lines[leader - first]))
  }
  return entries
}

type Base = { readonly position: number; readonly received: number; readonly project: string }

function setLine(each: Line & { kind: 'set' }, base: Base, triggers: readonly Partial<Trigger>[]): Entry {
  const key = `k${each.place}`
  const owner = each.place % 2 === 0 ? 'owner' : null
  const body = each.reuse ? (triggers[each.place % Math.max(1, triggers.length)] ?? each.trigger) : each.trigger
  const version = automation(key, body, { version: base.position, enabled: each.enabled, owner })
  return { kind: 'automation', ...base, automationId: version.id, version: each.remove ? null : version }
}

function eventLine(each: Line & { kind: 'event' }, base: Base, lineAt: (position: number) => Line | undefined): Entry {
  const { position, received, project } = base
  const leader = each.follows === undefined ? null : position + each.follows
  const led = leader === null ? undefined : lineAt(leader)
  const isInLog = led?.kind === 'event' && led.project === project
  const related =
    each.related === undefined
      ? []
      : [{ 'prefect.resource.id': 't', 'prefect.resource.role': 'tag', env: each.related }]
  const entry = eventEntry(
    position,
    {
      received,
      event: each.name,
      occurred: received + each.skew,
      resource: { 'prefect.resource.id': each.resource, ...(each.env !== undefined && { env: each.env }) },
      related,
      follows: leader === null ? null : `event-${leader}`,
    },
    isInLog ? leader : null,
  )
  return { ...entry, project }
}

const log = fc
  .tuple(fc.array(trigger, { minLength: 1, maxLength: 4 }), fc.array(line, { maxLength: 60 }))
  .map(([triggers, lines]) => logOf(triggers, lines))

function decideAll(
  entries: readonly Entry[],
  cuts: readonly { readonly size: number; readonly restart: boolean }[] = [],
): Replay {
  const replay = new Replay()
  let start = 0
  for (const { size, restart } of cuts) {
    if (restart) replay.restart()
    replay.decide(entries.slice(start, start + size))
    start += size
  }
  replay.decide(entries.slice(start))
  return replay
}

describe('the engine', () => {
  test('fires as the plainest reading of the rules says', () => {
    fc.assert(
      fc.property(log, (entries) => {
        const oracle = new Oracle()
        for (const entry of entries) oracle.feed(entry)
        const fired = decideAll(entries).firings.map((firing) => ({
          automation: firing.automationKey,
          version: firing.version,
          event: firing.event?.id,
          at: firing.at,
          key: firing.key,
        }))
        expect(fired).toEqual(oracle.firings)
      }),
      { numRuns: 1_000 },
    )
  })

  test('decides the same however the log is cut into steps and wherever it is restarted', () => {
    const cuts = fc.array(fc.record({ size: fc.integer({ min: 0, max: 7 }), restart: fc.boolean() }), { maxLength: 30 })
    fc.assert(
      fc.property(log, cuts, (entries, cuts) => {
        const whole = decideAll(entries)
        const cut = decideAll(entries, cuts)
        expect(cut.firings).toEqual(whole.firings)
        expect(cut.observations).toEqual(whole.observations)
        expect(cut.state.nextDeadline).toEqual(whole.state.nextDeadline)
      }),
      { numRuns: 1_000 },
    )
  })

  test('gives every firing an id of its own', () => {
    fc.assert(
      fc.property(log, (entries) => {
        const ids = decideAll(entries).firings.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
      }),
      { numRuns: 200 },
    )
  })
})

describe('windows in the store', () => {
  test('a window that is gone where the step began leaves no change', () => {
    const replay = new Replay()
    replay.decide([setEntry(1, automation('k0', { threshold: 2 }))])
    expect(replay.decide([eventEntry(2), eventEntry(3)]).windows).toEqual([])
  })

  test('a window changed many times in a step is told once, as it ended', () => {
    const replay = new Replay()
    replay.decide([setEntry(1, automation('k0', { threshold: 9, within: 600 * SECOND }))])
    const { windows } = replay.decide([eventEntry(2), eventEntry(3), eventEntry(4)])
    expect(windows).toHaveLength(1)
    expect(windows[0]?.state).toMatchObject({ count: 3, lastEvent: { id: 'event-4', position: 4 } })
  })

  test('rows of expired windows are deleted, at most a thousand in one step', () => {
    const replay = new Replay()
    replay.decide([setEntry(1, automation('k0', { threshold: 2, within: SECOND, forEach: ['n'] }))])
    const burst = Array.from({ length: 1_500 }, (_, n) =>
      eventEntry(n + 2, { received: START + 2 * SECOND + n, resource: { 'prefect.resource.id': 'r', n: String(n) } }),
    )
    replay.decide(burst)
    expect(replay.windows).toHaveLength(1_500)
    const clock = (position: number): Entry => ({
      kind: 'clock',
      position,
      received: START + position * SECOND,
      project: 'p',
      resumed: false,
    })
    expect(replay.decide([clock(2_000)]).windows).toHaveLength(1_000)
    expect(engineStats(replay.state).liveWindows).toBe(0)
    replay.decide([clock(2_001)])
    expect(replay.windows).toHaveLength(0)
  })

  test('nothing is left of a trigger a minute after it was removed', () => {
    const replay = new Replay()
    const version = automation('k0', { threshold: 9, within: 600 * SECOND })
    replay.decide([setEntry(1, version), eventEntry(2)])
    replay.decide([
      {
        kind: 'automation',
        position: 3,
        received: START + 3 * SECOND,
        project: 'p',
        automationId: version.id,
        version: null,
      },
    ])
    expect(replay.windows.map(({ trigger }) => trigger)).toContain('orphan')
    for (const position of [70, 71, 72]) replay.decide([eventEntry(position)])
    expect(replay.windows).toEqual([])
  })
})

describe('a trigger re-created too late', () => {
  test('begins anew even if the decider dies before all old rows are deleted', () => {
    const replay = new Replay()
    const version = automation('k0', { threshold: 2, within: 10_000 * SECOND, forEach: ['n'] }, { owner: 'owner' })
    const event = (position: number, n: number) =>
      eventEntry(position, {
        received: START + SECOND + position,
        resource: { 'prefect.resource.id': 'r', n: String(n) },
      })
    replay.decide([setEntry(1, version), ...Array.from({ length: 2_500 }, (_, n) => event(n + 2, n))])
    const removal = {
      position: 3_000,
      received: START + 2 * SECOND,
      project: 'p',
      automationId: version.id,
      version: null,
    } as const
    replay.decide([{ kind: 'automation', ...removal }])
    replay.decide([setEntry(3_001, automation('k1', version.trigger, { owner: 'owner' }), START + 63 * SECOND)])
    replay.restart()
    const later = Array.from({ length: 2_500 }, (_, n) => ({
      ...event(4_000 + n, n),
      received: START + 64 * SECOND + n,
    }))
    replay.decide(later)
    expect(replay.firings).toEqual([])
  })
})

describe('limits', () => {
  test('beyond its keys a trigger refuses events of new keys, and takes them again when old ones expired', () => {
    const replay = new Replay({ keysPerTriggerMax: 2 })
    replay.decide([setEntry(1, automation('k0', { threshold: 2, within: 10 * SECOND, forEach: ['n'] }))])
    const of = (position: number, n: string) => eventEntry(position, { resource: { 'prefect.resource.id': 'r', n } })
    replay.decide([of(2, 'x'), of(3, 'y'), of(4, 'z'), of(5, 'x')])
    expect(replay.observations.map(({ reason, eventId }) => [reason, eventId])).toEqual([['key-limit', 'event-4']])
    expect(replay.firings.map(({ labels }) => labels)).toEqual([{ n: 'x' }])
    replay.decide([of(200, 'z'), of(201, 'z')])
    expect(replay.firings.map(({ labels }) => labels)).toEqual([{ n: 'x' }, { n: 'z' }])
  })

  test('beyond the held events an event is evaluated without waiting', () => {
    const replay = new Replay({ heldEventsMax: 1 })
    replay.decide([setEntry(1, automation('k0', {}))])
    replay.decide([eventEntry(2, { follows: 'nobody' }), eventEntry(3, { follows: 'nobody' })])
    expect(replay.firings.map(({ event }) => event?.id)).toEqual(['event-3'])
    expect(replay.observations.map(({ reason }) => reason)).toEqual(['held', 'released'])
    expect(replay.state.nextDeadline).toBe(START + 902 * SECOND)
  })

  test('a chain of followers is released twenty deep; the rest waits for its deadline', () => {
    const replay = new Replay()
    const chain = Array.from({ length: 25 }, (_, n) =>
      eventEntry(n + 2, { follows: `event-${n + 1}` }, n === 0 ? 100 : n + 1),
    )
    replay.decide([setEntry(1, automation('k0', {})), ...chain])
    replay.decide([eventEntry(100, { id: 'event-1' })])
    expect(replay.firings).toHaveLength(21)
    replay.decide([eventEntry(2_000, { event: 'other' })])
    expect(replay.firings).toHaveLength(26)
  })
})

describe('isolation', () => {
  test('an automation that cannot be evaluated is observed as an error, and the others go on', () => {
    const broken = JSON.parse('{"match": {"label": 7}}')
    const replay = new Replay()
    replay.decide([setEntry(1, automation('k0', broken)), setEntry(2, automation('k1', {})), eventEntry(3)])
    expect(replay.observations).toMatchObject([{ reason: 'error', automationId: 'id-k0', position: 1 }])
    replay.restart()
    replay.decide([eventEntry(4), setEntry(5, automation('k0', {})), eventEntry(6)])
    expect(replay.firings.map(({ automationKey }) => automationKey)).toEqual(['k1', 'k1', 'k0', 'k1'])
  })

  test('entries out of log order are refused', () => {
    const state = loadEngine({ cursor: 5, clock: START, automations: [], windows: [], heldEvents: [] })
    expect(() => step(state, [eventEntry(5)])).toThrow('entry at position 5 after the cursor 5')
  })
})
