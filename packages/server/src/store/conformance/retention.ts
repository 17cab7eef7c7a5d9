import { describe, expect, it } from 'vitest'
import { type PreparePlace, useStore } from './place.ts'
import { line, run, state } from './run-samples.ts'
import { append, appendEvents, automationRow, counting, decide, eventEntry, launched, page, T0 } from './samples.ts'

/** What may be forgotten, and what is kept although it is old. */
export function retentionConformance(prepare: PreparePlace): void {
  describe('retention', () => {
    const test = useStore(prepare)
    const retain = (limits: { events?: number; launches?: number; batch?: number }) =>
      test.store.retain({
        eventsBefore: limits.events ?? 0,
        launchesBefore: limits.launches ?? 0,
        batch: limits.batch ?? 100,
      })
    const remaining = async () => {
      const entries = await test.store.log.read(0, 100)
      return entries.map((entry) => (entry.kind === 'event' ? entry.event.id : entry.kind)).join(' ')
    }
    const ALL = T0 + 1_000_000

    it('removes decided entries received before the instant, oldest first and so many at a time', async () => {
      await appendEvents(test.store, 'a', 'b', 'c', 'd', 'e')
      await decide(test.store, { to: 5 })
      expect((await retain({ events: T0 + 3, batch: 2 })).log).toBe(2)
      expect(await remaining()).toBe('c d e')
      expect((await retain({ events: T0 + 3, batch: 2 })).log).toBe(1)
      expect((await retain({ events: T0 + 3, batch: 2 })).log).toBe(0)
      expect(await remaining()).toBe('d e')
    })

    it('keeps what is not decided yet, and the last entry', async () => {
      await appendEvents(test.store, 'a', 'b', 'c')
      expect((await retain({ events: ALL })).log).toBe(0)
      await decide(test.store, { to: 2 })
      expect((await retain({ events: ALL })).log).toBe(2)
      await decide(test.store, { to: 3 })
      expect((await retain({ events: ALL })).log).toBe(0)
      const [next] = await append(await test.reopen(), eventEntry('d'))
      expect(next).toMatchObject({ position: 4, received: T0 + 3 })
    })

    it('keeps automation entries, so that what was in force stays known', async () => {
      const row = automationRow('a1')
      await test.store.transaction((tx) => tx.automations.save(row, 'local'))
      await append(test.store, { kind: 'automation', project: 'default', automationId: 'a1', version: 1 })
      await append(test.store, eventEntry('a'), { kind: 'clock', project: 'default', resumed: false }, eventEntry('b'))
      await decide(test.store, { to: 4 })
      await retain({ events: ALL })
      expect(await remaining()).toBe('automation b')
      expect((await test.store.decisions.load()).automations).toEqual([row.engine])
    })

    it('keeps events that windows, open launches and open runs name, until they are done', async () => {
      const { store } = test
      const held = { kind: 'held', leaderId: 'x', position: 2, occurred: T0, deadline: T0 } as const
      await appendEvents(store, 'counted', 'held', 'launched', 'run', 'nobody', 'last')
      await launched(store, 'f1', { firing: { event: { id: 'launched', position: 3 } } })
      const windows = [
        counting('k1', { lastEvent: { id: 'counted', position: 1 } }),
        { ...counting('k2'), state: held },
      ]
      await decide(store, { to: 6, windows })
      await store.transaction((tx) => tx.runs.add(run('r1', { eventId: 'run' })))
      await retain({ events: ALL })
      expect(await remaining()).toBe('counted held launched run last')

      await decide(store, { windows: windows.map((window) => ({ ...window, state: null })) })
      const done = { state: state('done', 'COMPLETED'), ended: T0 }
      await store.transaction((tx) => tx.runs.update(run('r1', { eventId: 'run', ...done }), 'r1-0'))
      await retain({ events: ALL })
      expect(await remaining()).toBe('launched last')
    })

    it('removes ended launches, but not those an open run came from', async () => {
      const { store } = test
      for (const id of ['f1', 'f2']) await launched(store, id, { launch: { state: 'refused' } })
      await launched(store, 'open')
      await store.transaction((tx) => tx.runs.add(run('r1', { launchId: 'f2', actionIndex: 0 })))
      expect((await retain({ launches: T0 })).launches).toBe(0)
      expect((await retain({ launches: ALL })).launches).toBe(1)
      const { items } = await store.read.launches.list({ project: 'default' }, page())
      expect(items.map(({ id }) => id).sort()).toEqual(['f2', 'open'])
    })

    it('removes ended runs with their states and logs, so many rows at a time', async () => {
      const { store } = test
      const ended = run('r1', { state: state('s', 'COMPLETED'), ended: T0 })
      await store.transaction(async (tx) => {
        await tx.runs.add(ended)
        await tx.runs.add(run('r2'))
        await tx.runs.appendLogs('r1', 'default', [line('1'), line('2'), line('3')])
        await tx.runs.appendLogs('r2', 'default', [line('1')])
      })
      expect(await retain({ launches: ALL, batch: 2 })).toMatchObject({ run_logs: 2, runs: 0 })
      expect(await retain({ launches: ALL, batch: 2 })).toMatchObject({ run_logs: 1, runs: 1 })
      expect(await store.read.runs.get('r1')).toBeNull()
      expect(await store.read.runs.states('default', 'r1')).toEqual([])
      expect((await store.read.runs.logs('default', 'r2', page())).items).toHaveLength(1)
    })

    it('removes the observations of removed events', async () => {
      await appendEvents(test.store, 'a', 'b')
      const late = {
        project: 'default',
        automationId: 'a1',
        version: 1,
        reason: 'late',
        eventId: 'a',
        detail: '',
      } as const
      await decide(test.store, {
        to: 2,
        observations: [
          { ...late, position: 1 },
          { ...late, position: 2 },
        ],
      })
      expect((await retain({ events: ALL })).observations).toBe(1)
      expect(await test.store.read.events.observationCounts({ project: 'default' })).toEqual({ late: 2 })
    })

    it('comes to an end', async () => {
      await appendEvents(test.store, 'a', 'b', 'c')
      for (const windows of [[counting('k1')], [counting('k1', { count: 2 })]]) await decide(test.store, { windows })
      await decide(test.store)
      await retain({ events: ALL, launches: ALL })
      const again = await retain({ events: ALL, launches: ALL })
      expect(Object.values(again).every((removed) => removed === 0)).toBe(true)
    })
  })
}
