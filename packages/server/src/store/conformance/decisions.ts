import type { Observation } from '@upon/engine'
import { describe, expect, it } from 'vitest'
import { StaleDecisionError } from '../decision-store.ts'
import { type PreparePlace, useStore } from './place.ts'
import {
  append,
  appendEvents,
  automationRow,
  counting,
  decide,
  eventEntry,
  firing,
  launch,
  page,
  T0,
} from './samples.ts'

/** Deciding: one transaction, guarded by cursor and epoch. */
export function decisionConformance(prepare: PreparePlace): void {
  describe('decisions', () => {
    const test = useStore(prepare)

    it('starts at the beginning', async () => {
      const { store } = test
      expect(await store.decisions.cursor()).toEqual({ position: 0, clock: 0, epoch: 0 })
      expect(await store.decisions.load()).toEqual({
        cursor: 0,
        clock: 0,
        automations: [],
        windows: [],
        heldEvents: [],
      })
    })

    it('raises the epoch with every decider', async () => {
      expect(await test.store.decisions.takeOver()).toBe(1)
      expect(await test.store.decisions.takeOver()).toBe(2)
    })

    it('commits all of a decision', async () => {
      await appendEvents(test.store, 'e1')
      await decide(test.store, {
        clock: T0 + 9,
        windows: [counting('k1')],
        firings: [firing('f1')],
        launches: [launch('f1')],
        raised: [eventEntry('raised')],
      })
      const { windows } = await test.store.decisions.load()
      expect(await test.store.decisions.cursor()).toMatchObject({ position: 1, clock: T0 + 9 })
      expect(windows).toEqual([counting('k1')])
      expect((await test.store.read.launches.get('default', 'f1'))?.firing).toEqual(firing('f1'))
      expect(await test.store.read.raised.pending(10)).toMatchObject([{ entry: eventEntry('raised') }])
    })

    it.each([
      ['an older epoch', { epoch: 0 }],
      ['an epoch nobody has', { epoch: 2 }],
      ['a cursor that has moved', { from: 0, to: 2 }],
      ['a cursor not reached', { from: 2, to: 3 }],
    ])('refuses a decision from %s and leaves nothing of it behind', async (_why, changes) => {
      const { store } = test
      await store.decisions.takeOver()
      await decide(store)
      const before = [await store.decisions.cursor(), await store.decisions.load()]
      const stale = decide(store, {
        windows: [counting('k1')],
        firings: [firing('f1')],
        launches: [launch('f1')],
        raised: [eventEntry('raised')],
        ...changes,
      })
      await expect(stale).rejects.toThrow(StaleDecisionError)
      expect([await store.decisions.cursor(), await store.decisions.load()]).toEqual(before)
      expect(await store.read.launches.get('default', 'f1')).toBeNull()
      expect(await store.read.raised.count()).toBe(0)
    })

    it('lets exactly one of two deciders at the same cursor commit', async () => {
      const commits = await Promise.allSettled([
        decide(test.store, { firings: [firing('f1')], launches: [launch('f1')] }),
        decide(test.store, { firings: [firing('f2')], launches: [launch('f2')] }),
      ])
      expect(commits.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(await test.store.read.launches.count({ project: 'default' })).toBe(1)
    })

    it('leaves nothing behind when a part of the decision cannot be written', async () => {
      const broken = firing('f2')
      Object.defineProperty(broken, 'at', { value: 0.5 })
      const failing = decide(test.store, {
        windows: [counting('k1')],
        firings: [firing('f1'), broken],
        launches: [launch('f1'), launch('f2')],
      })
      await expect(failing).rejects.toThrow()
      expect(await test.store.decisions.load()).toMatchObject({ cursor: 0, windows: [] })
      expect(await test.store.read.launches.count({ project: 'default' })).toBe(0)
      await decide(test.store)
    })

    it('never launches a firing twice, even when it is decided again after its event was forgotten', async () => {
      await decide(test.store, { firings: [firing('f1')], launches: [launch('f1')] })
      await decide(test.store, { firings: [firing('f1'), firing('f2')], launches: [launch('f1'), launch('f2')] })
      const { items } = await test.store.read.launches.list({ project: 'default' }, page())
      expect(items.map(({ id }) => id).sort()).toEqual(['f1', 'f2'])
    })

    it('replaces and removes windows', async () => {
      await decide(test.store, { windows: [counting('k1'), counting('k2')] })
      await decide(test.store, { windows: [counting('k1', { count: 2 }), { ...counting('k2'), state: null }] })
      expect((await test.store.decisions.load()).windows).toEqual([counting('k1', { count: 2 })])
    })

    it('keeps the last state of a window that changed more than once in a batch', async () => {
      await decide(test.store, {
        windows: [counting('k1'), { ...counting('k1'), state: null }, counting('k1', { count: 9 })],
      })
      expect((await test.store.decisions.load()).windows).toEqual([counting('k1', { count: 9 })])
    })

    it('loads the automations in force at the cursor, not the ones saved last', async () => {
      const { store } = test
      const rows = [automationRow('a1', { order: 2 }), automationRow('a1', { order: 2, version: 2, enabled: false })]
      const other = automationRow('a2', { order: 1 })
      await store.transaction(async (tx) => {
        for (const row of [...rows, other]) await tx.automations.save(row, 'local')
      })
      const automation = { kind: 'automation', project: 'default' } as const
      await append(
        store,
        { ...automation, automationId: 'a1', version: 1 },
        { ...automation, automationId: 'a2', version: 1 },
        { ...automation, automationId: 'a1', version: 2 },
        { ...automation, automationId: 'a2', version: null },
      )
      const inForce = async () =>
        (await store.decisions.load()).automations.map(({ id, version }) => `${id} v${version}`)
      expect(await inForce()).toEqual([])
      await decide(store, { to: 2 })
      expect(await inForce()).toEqual(['a2 v1', 'a1 v1'])
      await decide(store, { to: 3 })
      expect(await inForce()).toEqual(['a2 v1', 'a1 v2'])
      await decide(store, { to: 4 })
      expect(await inForce()).toEqual(['a1 v2'])
      expect((await store.decisions.load()).automations).toEqual([rows[1]?.engine])
    })

    it('loads the parked events in log order', async () => {
      const results = await appendEvents(test.store, 'a', 'b', 'c')
      const held = (key: string, index: number) => ({
        ...counting(key),
        state: {
          kind: 'held' as const,
          leaderId: 'x',
          position: results[index]?.position ?? 0,
          occurred: T0,
          deadline: T0 + 9,
        },
      })
      await decide(test.store, { to: 3, windows: [held('k1', 2), held('k2', 0)] })
      const { heldEvents, windows } = await test.store.decisions.load()
      expect(heldEvents.map(({ id }) => id)).toEqual(['a', 'c'])
      expect(windows).toHaveLength(2)
    })

    it('counts every observation and keeps the first hundred of a minute as rows', async () => {
      const { store } = test
      const late = (position: number): Observation => ({
        project: 'default',
        automationId: 'a1',
        version: 1,
        reason: 'late',
        position,
        eventId: `e${position}`,
        detail: 'came late',
      })
      const many = Array.from({ length: 70 }, (_, index) => late(index))
      await decide(store, {
        observations: [...many, { ...late(1), automationId: null, version: null, reason: 'held' }],
      })
      await decide(store, { observations: many })
      expect(await store.read.events.observationCounts({ project: 'default' })).toEqual({ held: 1, late: 140 })
      const kept = async () => {
        const first = await store.read.events.observations({ project: 'default', automationId: 'a1' }, page(200))
        return first.items.length
      }
      expect(await kept()).toBe(100)
      await decide(store, { clock: T0 + 60_000_000, observations: many })
      expect(await kept()).toBe(170)
    })

    it('goes on over a reopening where it was', async () => {
      await appendEvents(test.store, 'a')
      await test.store.decisions.takeOver()
      await decide(test.store, { windows: [counting('k1')], clock: T0 + 1 })
      const store = await test.reopen()
      expect(await store.decisions.cursor()).toEqual({ position: 1, clock: T0 + 1, epoch: 1 })
      expect((await store.decisions.load()).windows).toEqual([counting('k1')])
    })
  })
}
