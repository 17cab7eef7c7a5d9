import { describe, expect, test } from 'vitest'
import type { AutomationVersion, Entry } from '../entry.ts'
import type { LoggedEvent } from '../event/logged-event.ts'
import type { Firing } from '../firing.ts'
import { type Instant, MINUTE, SECOND } from '../instant.ts'
import { Replay } from '../replay.test-support.ts'

const START = 1_767_225_600 * SECOND

const EVERYTHING: AutomationVersion = {
  id: 'everything',
  project: 'p',
  key: 'everything',
  version: 1,
  order: 1,
  owner: null,
  enabled: true,
  trigger: {
    type: 'event',
    match: {},
    matchRelated: [],
    after: [],
    expect: [],
    forEach: [],
    posture: 'Reactive',
    threshold: 1,
    within: 0,
  },
}

type ChainEvent = Pick<LoggedEvent, 'rootId' | 'rootReceived' | 'depth' | 'received'>

const ROUNDS_MAX = 100

/** What a server does with the log: each firing raises events, one generation later, which are appended in turn. */
class Loop {
  readonly replay: Replay
  readonly #eventsPerFiring: number
  #position = 1

  constructor(firingsMax: number, eventsPerFiring: number) {
    this.replay = new Replay({ loopFiringsMax: firingsMax })
    this.#eventsPerFiring = eventsPerFiring
    const automation = { kind: 'automation', position: 1, received: START, project: 'p' } as const
    this.replay.decide([{ ...automation, automationId: EVERYTHING.id, version: EVERYTHING }])
  }

  get refused(): Firing[] {
    return this.replay.firings.filter(({ refused }) => refused !== null)
  }

  /** Sends one event from outside and goes on until nothing more is raised. */
  run(rootId: string, received: Instant): void {
    this.resume({ rootId, received, depth: 0, rootReceived: received })
  }

  /** Decides one more event of a chain and goes on until nothing more is raised. */
  resume(given: ChainEvent): void {
    let waiting = [this.#entry(given)]
    for (let round = 0; waiting.length > 0; round += 1) {
      if (round === ROUNDS_MAX) throw new Error(`still ${waiting.length} events after ${ROUNDS_MAX} rounds`)
      waiting = waiting.flatMap((entry) => this.replay.decide([entry]).firings.flatMap((one) => this.#raised(one)))
    }
  }

  #raised({ refused, depth, rootId, rootReceived, at }: Firing): Entry[] {
    if (refused?.announced === false) return []
    const count = refused === null ? this.#eventsPerFiring : 1
    return Array.from({ length: count }, () => this.#entry({ rootId, rootReceived, depth: depth + 1, received: at }))
  }

  #entry(given: ChainEvent): Entry {
    this.#position += 1
    const position = this.#position
    const event: LoggedEvent = {
      id: given.depth === 0 ? given.rootId : `event-${position}`,
      source: 'api',
      event: 'a',
      occurred: given.received,
      occurredText: '',
      position,
      resource: { 'prefect.resource.id': 'r' },
      related: [],
      payload: {},
      follows: null,
      traceparent: null,
      ...given,
    }
    return { kind: 'event', position, received: given.received, project: 'p', event, leaderPosition: null }
  }
}

describe('a trigger that matches the events of its own firings', () => {
  test('stops after 25 generations, and after one event that says so', () => {
    const loop = new Loop(1_000, 1)
    loop.run('root', START)
    expect(loop.replay.firings.filter(({ refused }) => refused === null)).toHaveLength(25)
    expect(loop.refused.map(({ depth, refused }) => [depth + 1, refused?.announced])).toEqual([
      [26, true],
      [27, false],
    ])
  })

  test('stops after the firings a chain may have, however wide it spreads', () => {
    const loop = new Loop(10, 3)
    loop.run('root', START)
    // The first two generations, 1 and 3 firings, are not counted.
    expect(loop.replay.firings.filter(({ refused }) => refused === null)).toHaveLength(1 + 3 + 10)
    expect(loop.refused.filter(({ refused }) => refused?.announced)).toHaveLength(1)
    expect(loop.refused[0]?.refused?.detail).toBe(
      'the chain that began with event root, 0s ago fired 10 times already; no more may follow within 10m',
    )
  })

  test('is counted for each chain on its own, and from zero again for a later root', () => {
    const loop = new Loop(10, 3)
    loop.run('one', START)
    loop.run('two', START + SECOND)
    expect(loop.replay.firings.filter(({ refused }) => refused === null)).toHaveLength(2 * 14)
  })

  test('is refused by the same count after a restart', () => {
    const loop = new Loop(10, 3)
    loop.run('root', START)
    loop.replay.restart()
    const before = loop.refused.length
    const late = { rootId: 'root', rootReceived: START, depth: 2, received: START + 9 * MINUTE }
    loop.resume(late)
    expect(loop.refused).toHaveLength(before + 1)
  })

  test('is stopped as well when its chain is fast only long after the root', () => {
    const slowStart = { rootId: 'root', rootReceived: START, depth: 7, received: START + 60 * MINUTE }
    const long = new Loop(1_000, 1)
    long.resume(slowStart)
    expect(long.replay.firings.filter(({ refused }) => refused === null)).toHaveLength(25)
    expect(long.refused[0]?.refused?.detail).toBe(
      'generation 26 of the chain that began with event root, long before, and went on 0s ago; at most 25 may follow within 10m',
    )
    const wide = new Loop(10, 3)
    wide.resume(slowStart)
    expect(wide.replay.firings.filter(({ refused }) => refused === null)).toHaveLength(10)
  })

  test('is never stopped while each generation takes longer than the time', () => {
    const loop = new Loop(1_000, 0)
    for (let depth = 0; depth < 100; depth += 1) {
      loop.resume({ rootId: 'root', rootReceived: START, depth, received: START + depth * 11 * MINUTE })
    }
    expect(loop.replay.firings).toHaveLength(100)
    expect(loop.refused).toEqual([])
  })

  test('leaves no count behind when the time of a chain is over', () => {
    const loop = new Loop(10, 3)
    loop.run('one', START)
    expect(loop.replay.windows.map(({ trigger, key }) => [trigger, key])).toEqual([['chain', 'one']])
    loop.run('two', START + 20 * MINUTE)
    expect(loop.replay.windows.map(({ key }) => key)).toEqual(['two'])
  })
})
