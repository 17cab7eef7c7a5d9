import { describe, expect, it } from 'vitest'
import type { RunRow } from '../run-table.ts'
import { type PreparePlace, useStore } from './place.ts'
import { line, run, state } from './run-samples.ts'
import { page, T0 } from './samples.ts'
import { allPages } from './walk.ts'

/** Runs, their states and logs. */
export function runConformance(prepare: PreparePlace): void {
  describe('runs', () => {
    const test = useStore(prepare)
    const add = (row: RunRow) => test.store.transaction((tx) => tx.runs.add(row))
    const update = (row: RunRow, from: string) => test.store.transaction((tx) => tx.runs.update(row, from))

    it('keeps a run as it was added, and its first state', async () => {
      const { read } = test.store
      const row = run('r1', {
        parameters: { n: 41, deep: { list: [1, null] } },
        tags: ['t'],
        result: { loss: 0.5 },
        error: { message: 'no', type: 'ValueError', traceback: null },
        retryDelaySeconds: 0.5,
        timeoutSeconds: 1.5,
        launchId: 'f1',
        actionIndex: 0,
        eventId: 'e1',
        depth: 2,
        rootId: 'e0',
        rootReceived: T0,
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      })
      expect(await add(row)).toEqual({ run: row, created: true })
      expect(await read.runs.get('r1')).toEqual(row)
      expect(await read.runs.find('default', 'r1')).toEqual(row)
      expect(await read.runs.find('default', 'run-r1')).toEqual(row)
      expect(await read.runs.find('other', 'r1')).toBeNull()
      expect(await read.runs.states('default', 'r1')).toEqual([row.state])
    })

    it('finds the newest of a name that came twice', async () => {
      await add(run('r1', { name: 'twice' }))
      await add(run('r2', { name: 'twice' }))
      expect((await test.store.read.runs.find('default', 'twice'))?.id).toBe('r2')
    })

    it('creates one run per launch and action', async () => {
      const first = run('r1', { launchId: 'f1', actionIndex: 0 })
      await add(first)
      expect(await add(run('r2', { launchId: 'f1', actionIndex: 0 }))).toEqual({ run: first, created: false })
      expect((await add(run('r3', { launchId: 'f1', actionIndex: 1 }))).created).toBe(true)
      expect((await add(run('r4', { launchId: 'f2', actionIndex: 0 }))).created).toBe(true)
      expect(await test.store.read.runs.states('default', 'r2')).toEqual([])
    })

    it('creates one run per idempotency key of a deployment', async () => {
      const first = run('r1', { idempotencyKey: 'k' })
      await add(first)
      expect(await add(run('r2', { idempotencyKey: 'k' }))).toEqual({ run: first, created: false })
      expect((await add(run('r3', { idempotencyKey: 'k', deploymentId: 'd2' }))).created).toBe(true)
      expect((await add(run('r4'))).created).toBe(true)
    })

    it('creates one run when the same action is done twice at a time', async () => {
      const tries = Array.from({ length: 5 }, (_, index) => add(run(`r${index}`, { launchId: 'f1', actionIndex: 0 })))
      const results = await Promise.all(tries)
      expect(results.filter(({ created }) => created)).toHaveLength(1)
      expect(new Set(results.map((result) => result.run.id)).size).toBe(1)
    })

    it('changes a run only from the state it is believed to be in', async () => {
      await add(run('r1'))
      const running = run('r1', { state: state('s1', 'RUNNING', { message: 'go', attempt: 1 }), started: T0 })
      expect(await update(running, 'r1-0')).toBe(true)
      expect(await update(run('r1', { state: state('s2', 'CANCELLED') }), 'r1-0')).toBe(false)
      expect(await test.store.read.runs.get('r1')).toEqual(running)
      expect(await test.store.read.runs.states('default', 'r1')).toEqual([run('r1').state, running.state])
      expect(await update(run('nobody'), 'r1-0')).toBe(false)
    })

    it('adds no state when only other columns changed', async () => {
      await add(run('r1'))
      expect(await update(run('r1', { cancelRequested: T0 }), 'r1-0')).toBe(true)
      expect((await test.store.read.runs.get('r1'))?.cancelRequested).toBe(T0)
      expect(await test.store.read.runs.states('default', 'r1')).toHaveLength(1)
    })

    it('lists the newest first, filters and counts', async () => {
      const { read } = test.store
      await add(run('r1', { created: T0 + 1, eventId: 'e1', automationId: 'a1', launchId: 'f1', actionIndex: 0 }))
      await add(run('r2', { created: T0 + 2, state: state('r2-0', 'COMPLETED'), deploymentId: 'd2' }))
      await add(run('r3', { created: T0 + 3, flowName: 'other', flowId: 'flow-2' }))
      await add(run('r4', { project: 'other' }))
      const ids = async (filter: object) => {
        const { items } = await read.runs.list({ project: 'default', ...filter }, page())
        expect(await read.runs.count({ project: 'default', ...filter })).toBe(items.length)
        return items.map(({ id }) => id).join(' ')
      }
      expect(await ids({})).toBe('r3 r2 r1')
      expect(await ids({ states: ['COMPLETED'] })).toBe('r2')
      expect(await ids({ deploymentId: 'd1' })).toBe('r3 r1')
      expect(await ids({ flow: 'other' })).toBe('r3')
      expect(await ids({ flow: 'flow-1' })).toBe('r2 r1')
      expect(await ids({ automationId: 'a1' })).toBe('r1')
      expect(await ids({ launchId: 'f1' })).toBe('r1')
      expect(await ids({ eventId: 'e1' })).toBe('r1')
      expect(await ids({ since: T0 + 2 })).toBe('r3 r2')
      expect(await ids({ until: T0 + 2 })).toBe('r2 r1')
      const pages = await allPages((request) => read.runs.list({ project: 'default' }, request), 2)
      expect(pages.map((items) => items.map(({ id }) => id))).toEqual([['r3', 'r2'], ['r1']])
      expect(await read.runs.countByState()).toEqual({ COMPLETED: 1, SCHEDULED: 3 })
    })

    it('names the next start, what a worker holds and what a deployment has under way', async () => {
      const { read } = test.store
      await add(run('r1', { scheduledAt: T0 + 10 }))
      await add(run('r2', { scheduledAt: T0 + 20, workPool: 'other' }))
      await add(run('r3', { state: state('r3-0', 'RUNNING'), scheduledAt: T0 + 15, workerId: 'w1' }))
      await add(run('r4', { state: state('r4-0', 'PENDING'), workerId: 'w1' }))
      await add(run('r5', { state: state('r5-0', 'CANCELLING'), workerId: 'w2', deploymentId: 'd2' }))
      await add(run('r6', { state: state('r6-0', 'COMPLETED'), workerId: 'w1' }))
      expect(await read.runs.nextScheduled(T0)).toBe(T0 + 10)
      expect(await read.runs.nextScheduled(T0 + 10)).toBe(T0 + 20)
      expect(await read.runs.nextScheduled(T0 + 20)).toBeNull()
      expect((await read.runs.heldBy('w1')).map(({ id }) => id)).toEqual(['r3', 'r4'])
      expect(await read.runs.activeOf('d1')).toBe(2)
      expect(await read.runs.activeOf('d2')).toBe(1)
    })

    it('keeps log lines in order of writing', async () => {
      const { store } = test
      const lines = Array.from({ length: 1_100 }, (_, index) => line(`line ${index}`, { at: T0 - index }))
      await store.transaction((tx) => tx.runs.appendLogs('r1', 'default', lines))
      await store.transaction((tx) => tx.runs.appendLogs('r1', 'default', [line('last', { stream: 'system' })]))
      const pages = await allPages((request) => store.read.runs.logs('default', 'r1', request), 200)
      const written = pages.flat()
      expect(written).toMatchObject([...lines, line('last', { stream: 'system' })])
      for (const [index, { position }] of written.entries()) {
        expect(position).toBeGreaterThan(written[index - 1]?.position ?? 0)
      }
      expect((await store.read.runs.logs('other', 'r1', page())).items).toEqual([])
    })

    it('removes a run with its states and logs, of its project only', async () => {
      const { store } = test
      await add(run('r1'))
      await store.transaction((tx) => tx.runs.appendLogs('r1', 'default', [line('x')]))
      await store.transaction((tx) => tx.runs.remove('other', 'r1'))
      expect(await store.read.runs.get('r1')).not.toBeNull()
      await store.transaction((tx) => tx.runs.remove('default', 'r1'))
      expect(await store.read.runs.get('r1')).toBeNull()
      expect(await store.read.runs.states('default', 'r1')).toEqual([])
      expect((await store.read.runs.logs('default', 'r1', page())).items).toEqual([])
    })
  })
}
