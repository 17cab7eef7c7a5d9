import { describe, expect, it } from 'vitest'
import type { Store } from '../store.ts'
import { type PreparePlace, useStore } from './place.ts'
import { append, appendEvents, automationRow, eventEntry, T0 } from './samples.ts'

/** The one ordered log: order, identity, durability. */
export function logConformance(prepare: PreparePlace): void {
  describe('log', () => {
    const test = useStore(prepare)

    it('starts empty', async () => {
      expect(await test.store.log.head()).toEqual({ position: 0, received: 0 })
      expect(await test.store.log.read(0, 10)).toEqual([])
    })

    it('gives entries back in the order given, with rising positions and strictly rising received', async () => {
      const results = await appendEvents(test.store, 'a', 'b', 'c')
      const entries = await test.store.log.read(0, 10)
      expect(entries.map((entry) => entry.kind === 'event' && entry.event.id)).toEqual(['a', 'b', 'c'])
      expect(entries.map(({ position }) => position)).toEqual(results.map(({ position }) => position))
      expect(entries.map(({ received }) => received)).toEqual([T0, T0 + 1, T0 + 2])
    })

    it('never lets received go back when the clock does', async () => {
      await test.store.log.append([eventEntry('a')], { now: T0 })
      const [later] = await test.store.log.append([eventEntry('b')], { now: T0 - 1_000 })
      expect(later?.received).toBe(T0 + 1)
    })

    it('keeps an event as it was given', async () => {
      const given = eventEntry('a', {
        occurred: T0 + 5,
        occurredText: '2026-09-21 14:13:20.000005+00:00',
        resource: { 'prefect.resource.id': 'é"x', 'a.b': '' },
        related: [{ 'prefect.resource.id': 'r', 'prefect.resource.role': 'flow' }],
        payload: { b: 1, a: [null, { deep: 1.5 }], text: 'line\nbreak \u{1f600}' },
        follows: 'z',
        depth: 3,
        rootId: 'root',
        rootReceived: T0 - 9,
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      }).event
      await append(test.store, { kind: 'event', event: given })
      const { project, ...event } = given
      const expectKept = async (store: Store) => {
        const [entry] = await store.log.read(0, 1)
        expect(entry).toMatchObject({ kind: 'event', project, event, leaderPosition: null })
        expect(JSON.stringify(entry?.kind === 'event' && entry.event.payload)).toBe(JSON.stringify(given.payload))
      }
      await expectKept(test.store)
      await expectKept(await test.reopen())
    })

    it('makes an event from outside its own root', async () => {
      await appendEvents(test.store, 'a')
      const [entry] = await test.store.log.read(0, 1)
      expect(entry).toMatchObject({ event: { depth: 0, rootId: 'a', rootReceived: T0 } })
    })

    it('answers the same event again with the position of the first', async () => {
      const [first] = await appendEvents(test.store, 'a')
      const [again] = await appendEvents(test.store, 'a')
      expect(again).toEqual({ ...first, outcome: 'duplicate' })
      expect(await test.store.log.read(0, 10)).toHaveLength(1)
    })

    it('takes an event whose payload has its keys in another order for the same', async () => {
      await append(test.store, eventEntry('a', { payload: { x: 1, y: { p: 1, q: 2 } } }))
      const [again] = await append(test.store, eventEntry('a', { payload: { y: { q: 2, p: 1 }, x: 1 } }))
      expect(again?.outcome).toBe('duplicate')
    })

    it('takes an event for the same when only the writing of its time differs', async () => {
      await appendEvents(test.store, 'a')
      const [again] = await append(test.store, eventEntry('a', { occurredText: '2026-09-21T16:13:20+02:00' }))
      expect(again?.outcome).toBe('duplicate')
    })

    it.each([
      ['name', { event: 'order.refunded' }],
      ['time', { occurred: T0 + 1 }],
      ['resource', { resource: { 'prefect.resource.id': 'order.2' } }],
      ['related', { related: [{ 'prefect.resource.id': 'r' }] }],
      ['payload', { payload: { n: 1 } }],
      ['follows', { follows: 'z' }],
    ])('refuses the same identity with another %s', async (_what, changes) => {
      const [first] = await appendEvents(test.store, 'a')
      const [conflict] = await append(test.store, eventEntry('a', changes))
      expect(conflict).toEqual({ ...first, outcome: 'conflict' })
      expect(await test.store.log.read(0, 10)).toHaveLength(1)
    })

    it('keeps the same id of another source or project apart', async () => {
      const results = await append(
        test.store,
        eventEntry('a'),
        eventEntry('a', { source: 'upon' }),
        eventEntry('a', { project: 'other' }),
      )
      expect(results.map(({ outcome }) => outcome)).toEqual(['appended', 'appended', 'appended'])
    })

    it('finds duplicates and conflicts inside one batch', async () => {
      const results = await append(test.store, eventEntry('a'), eventEntry('a'), eventEntry('a', { payload: { n: 1 } }))
      expect(results.map(({ outcome }) => outcome)).toEqual(['appended', 'duplicate', 'conflict'])
      expect(new Set(results.map(({ position }) => position)).size).toBe(1)
    })

    it('keeps the whole atomic batch out for one conflict', async () => {
      const [first] = await appendEvents(test.store, 'a')
      const entries = [eventEntry('b'), eventEntry('b'), eventEntry('a', { payload: { n: 1 } }), eventEntry('a')]
      const results = await test.store.log.append(entries, { now: T0, atomic: true })
      expect(results.map(({ outcome }) => outcome)).toEqual(['appended', 'duplicate', 'conflict', 'duplicate'])
      expect(results.map(({ position }) => position)).toEqual([0, 0, first?.position, first?.position])
      expect(await test.store.log.head()).toMatchObject({ position: first?.position })
    })

    it('takes an atomic batch with duplicates', async () => {
      await appendEvents(test.store, 'a')
      const results = await test.store.log.append([eventEntry('a'), eventEntry('b')], { now: T0, atomic: true })
      expect(results.map(({ outcome }) => outcome)).toEqual(['duplicate', 'appended'])
      expect(await test.store.log.read(0, 10)).toHaveLength(2)
    })

    it('reads on after a position, at most so many', async () => {
      const results = await appendEvents(test.store, 'a', 'b', 'c', 'd')
      const entries = await test.store.log.read(results[0]?.position ?? 0, 2)
      expect(entries.map(({ position }) => position)).toEqual([results[1]?.position, results[2]?.position])
    })

    it('reads the same whoever reads how far while entries arrive', async () => {
      const { store } = test
      for (let round = 0; round < 5; round += 1) {
        const after = (await store.log.head()).position
        await append(
          store,
          eventEntry(`a${round}`),
          eventEntry(`b${round}`, { follows: `a${round}` }),
          { kind: 'clock', project: 'default', resumed: false },
          eventEntry(`a${round}`),
        )
        const news = await store.log.read(after, 10)
        expect(news).toHaveLength(3)
        expect(await store.log.read(after + 1, 10)).toEqual(news.slice(1))
        expect(await store.log.read(after, 1)).toEqual(news.slice(0, 1))
        expect((await store.log.read(0, 100)).slice(-3)).toEqual(news)
        expect(await store.log.read(after + 3, 10)).toEqual([])
      }
    })

    it('looks up the leader wherever it is in the log and whoever sent it', async () => {
      await append(
        test.store,
        eventEntry('follower', { follows: 'leader' }),
        eventEntry('leader', { source: 'upon' }),
        eventEntry('alone', { follows: 'nobody' }),
        eventEntry('elsewhere', { project: 'other', follows: 'leader' }),
      )
      const entries = await test.store.log.read(0, 10)
      const leader = entries[1]?.position
      expect(entries.map((entry) => entry.kind === 'event' && entry.leaderPosition)).toEqual([leader, null, null, null])
    })

    it('gives automation entries the version they name, and removals none', async () => {
      const row = automationRow('a1', { version: 2 })
      await test.store.transaction((tx) => tx.automations.save(row, 'local'))
      const automation = { kind: 'automation', project: 'default', automationId: 'a1' } as const
      await append(test.store, { ...automation, version: 2 }, { ...automation, version: null })
      const entries = await test.store.log.read(0, 10)
      expect(entries).toMatchObject([
        { kind: 'automation', automationId: 'a1', version: row.engine },
        { kind: 'automation', automationId: 'a1', version: null },
      ])
    })

    it('keeps clock entries', async () => {
      const clock = { kind: 'clock', project: 'default' } as const
      await append(test.store, { ...clock, resumed: true }, { ...clock, resumed: false })
      expect(await test.store.log.read(0, 10)).toMatchObject([{ resumed: true }, { resumed: false }])
    })

    it('keeps everything over a reopening, and goes on from there', async () => {
      await appendEvents(test.store, 'a', 'b')
      await append(
        test.store,
        { kind: 'clock', project: 'default', resumed: true },
        eventEntry('c', { payload: { n: 1 }, depth: 2, rootId: 'a', rootReceived: T0 }),
      )
      const before = await test.store.log.read(0, 10)
      expect(before).toHaveLength(4)
      const store = await test.reopen()
      expect(await store.log.read(0, 10)).toEqual(before)
      const [next, again] = await append(store, eventEntry('d'), eventEntry('a'))
      expect(next?.position).toBeGreaterThan(before[3]?.position ?? 0)
      expect(next?.received).toBe(T0 + 4)
      expect(again?.outcome).toBe('duplicate')
    })

    it('orders batches given at the same time', async () => {
      const batches = await Promise.all(
        Array.from({ length: 20 }, (_, batch) => append(test.store, eventEntry(`a${batch}`), eventEntry(`b${batch}`))),
      )
      const positions = batches.flat().map(({ position }) => position)
      expect(new Set(positions).size).toBe(40)
      for (const [first, second] of batches) expect(second?.position).toBe((first?.position ?? 0) + 1)
      expect((await test.store.log.read(0, 100)).map(({ position }) => position)).toEqual(
        positions.toSorted((left, right) => left - right),
      )
    })

    it('refuses a batch as a whole when one of its entries cannot be stored', async () => {
      const broken = eventEntry('b', { payload: { n: 1 } })
      Object.defineProperty(broken.event, 'occurred', { value: 0.5 })
      await expect(append(test.store, eventEntry('a'), broken)).rejects.toThrow()
      expect(await test.store.log.head()).toEqual({ position: 0, received: 0 })
      await appendEvents(test.store, 'a')
      expect(await test.store.log.read(0, 10)).toHaveLength(1)
    })
  })
}
