import { describe, expect, it } from 'vitest'
import type { RunRow } from '../run-table.ts'
import type { Tables } from '../store.ts'
import { type PreparePlace, useStore } from './place.ts'
import { deployment, pool, queue, run, saveGround, state } from './run-samples.ts'
import { T0 } from './samples.ts'

/** Which waiting runs may start. */
export function readyRunConformance(prepare: PreparePlace): void {
  describe('ready runs', () => {
    const test = useStore(prepare)
    const prepared = (work: (tx: Tables) => Promise<unknown>) => test.store.transaction(work)
    const addAll = async (tx: Tables, ...rows: RunRow[]) => {
      for (const row of rows) await tx.runs.add(row)
    }
    const ready = async (limit = 10, now = T0) =>
      (await test.store.read.runs.ready('p1', now, limit)).map(({ id }) => id).join(' ')
    const active = (id: string, changes: Partial<RunRow> = {}) =>
      run(id, { state: state(`${id}-0`, 'RUNNING'), ...changes })

    it('gives out due runs by start time, then creation, as many as asked for', async () => {
      await prepared(async (tx) => {
        await saveGround(tx)
        await addAll(tx, run('r1'), run('r2', { scheduledAt: T0 - 5 }), run('r3'), run('r4', { scheduledAt: T0 + 1 }))
        await addAll(tx, active('r5'), run('r6', { workPool: 'other' }), run('r7', { project: 'other' }))
      })
      expect(await ready()).toBe('r2 r1 r3')
      expect(await ready(2)).toBe('r2 r1')
      expect(await ready(10, T0 + 1)).toBe('r2 r1 r3 r4')
      expect(await test.store.read.runs.ready('nobody', T0, 10)).toEqual([])
    })

    it('gives out nothing of a paused pool', async () => {
      await prepared(async (tx) => {
        await saveGround(tx, { pool: { paused: true } })
        await addAll(tx, run('r1'))
      })
      expect(await ready()).toBe('')
    })

    it('takes queues by priority, leaves paused ones, and counts a run without a queue to the default one', async () => {
      await prepared(async (tx) => {
        await saveGround(tx)
        await tx.workPools.saveQueue(queue('default', { priority: 2 }))
        await tx.workPools.saveQueue(queue('urgent', { priority: 1 }))
        await tx.workPools.saveQueue(queue('stopped', { priority: 0, paused: true }))
        await addAll(tx, run('r1', { scheduledAt: T0 - 9 }), run('r2', { workQueue: 'unknown', scheduledAt: T0 - 99 }))
        await addAll(tx, run('r3', { workQueue: 'stopped' }), run('r4', { workQueue: 'urgent' }))
        await addAll(tx, run('r5', { workQueue: 'default' }))
      })
      expect(await ready()).toBe('r4 r1 r5 r2')
    })

    it('never gives out more than a pool has slots, counting what is under way', async () => {
      await prepared(async (tx) => {
        await saveGround(tx, { pool: { concurrencyLimit: 3 } })
        await addAll(tx, active('a1'), run('r1'), run('r2'), run('r3'))
      })
      expect(await ready()).toBe('r1 r2')
      await prepared((tx) => tx.workPools.save(pool('p1', { concurrencyLimit: 1 })))
      expect(await ready()).toBe('')
    })

    it('counts pending and cancelling runs as under way', async () => {
      await prepared(async (tx) => {
        await saveGround(tx, { pool: { concurrencyLimit: 3 } })
        await addAll(tx, run('a1', { state: state('a', 'PENDING') }), run('a2', { state: state('b', 'CANCELLING') }))
        await addAll(tx, run('a3', { state: state('c', 'CRASHED') }), run('r1'), run('r2'))
      })
      expect(await ready()).toBe('r1')
    })

    it('never gives out more than a queue has slots', async () => {
      await prepared(async (tx) => {
        await saveGround(tx)
        await tx.workPools.saveQueue(queue('narrow', { concurrencyLimit: 2 }))
        await tx.workPools.saveQueue(queue('default', { priority: 5 }))
        await addAll(tx, active('a1', { workQueue: 'narrow' }))
        for (const id of ['r1', 'r2', 'r3']) await addAll(tx, run(id, { workQueue: 'narrow' }))
        await addAll(tx, run('r4'))
      })
      expect(await ready()).toBe('r1 r4')
    })

    it('never gives out more than a deployment has slots, over all queues and pools, and goes on to others', async () => {
      await prepared(async (tx) => {
        await saveGround(tx, { deployment: { concurrencyLimit: 2 } })
        await tx.deployments.save(deployment('d2'))
        await addAll(tx, active('a1', { workPool: 'other' }), run('r1'), run('r2', { workQueue: 'x' }), run('r3'))
        await addAll(tx, run('r4', { deploymentId: 'd2' }))
      })
      expect(await ready()).toBe('r1 r4')
    })

    it('gives out the runs of a paused deployment, since only its schedules stand still', async () => {
      await prepared(async (tx) => {
        await saveGround(tx, { deployment: { paused: true } })
        await addAll(tx, run('r1'))
      })
      expect(await ready()).toBe('r1')
    })

    it('finds a run behind a crowd that may not start', async () => {
      await prepared(async (tx) => {
        await saveGround(tx, { deployment: { concurrencyLimit: 1 } })
        await tx.deployments.save(deployment('d2'))
        for (let index = 0; index < 450; index += 1) await addAll(tx, run(`r${index}`))
        await addAll(tx, run('behind', { deploymentId: 'd2' }))
      })
      expect(await ready()).toBe('r0 behind')
    })

    it('does not find a run again once it was started in the same transaction', async () => {
      await prepared(async (tx) => {
        await saveGround(tx, { pool: { concurrencyLimit: 2 } })
        await addAll(tx, run('r1'), run('r2'), run('r3'))
      })
      const taken = await test.store.transaction(async (tx) => {
        const found = await tx.runs.ready('p1', T0, 1)
        for (const row of found) await tx.runs.update({ ...row, state: state(`${row.id}-1`, 'PENDING') }, row.state.id)
        return [...found, ...(await tx.runs.ready('p1', T0, 10))]
      })
      expect(taken.map(({ id }) => id)).toEqual(['r1', 'r2'])
    })

    it('names the due runs that only a full deployment holds up, and each of them until it was told', async () => {
      await prepared(async (tx) => {
        await saveGround(tx, { deployment: { concurrencyLimit: 1, collisionStrategy: 'CANCEL_NEW' } })
        await tx.deployments.save(deployment('free', { concurrencyLimit: 2 }))
        await addAll(tx, active('a1'), run('r1'), run('r2', { scheduledAt: T0 + 1 }))
        await addAll(tx, run('told', { state: { ...state('t', 'SCHEDULED'), name: 'AwaitingConcurrencySlot' } }))
        await addAll(tx, run('r3', { deploymentId: 'free' }))
      })
      const blocked = await test.store.read.runs.blocked('p1', T0, 10)
      expect(blocked.map(({ run: { id }, limit, cancelNew }) => [id, limit, cancelNew])).toEqual([['r1', 1, true]])
    })
  })
}
