import { describe, expect, it } from 'vitest'
import { ConflictError } from '../errors.ts'
import { type PreparePlace, useStore } from './place.ts'
import { pool, queue, worker } from './run-samples.ts'
import { T0 } from './samples.ts'

/** Work pools, their queues and their workers. */
export function workPoolConformance(prepare: PreparePlace): void {
  describe('work pools', () => {
    const test = useStore(prepare)

    it('finds pools by id or name, lists them by name, and all of a type', async () => {
      const { store } = test
      const full = pool('p1', { name: 'b', paused: true, concurrencyLimit: 3, jobVariables: { env: { A: '1' } } })
      await store.transaction(async (tx) => {
        await tx.workPools.save(full)
        await tx.workPools.save(pool('p2', { name: 'a', type: 'docker' }))
        await tx.workPools.save(pool('p3', { name: 'b', project: 'other' }))
      })
      const { workPools } = store.read
      expect(await workPools.find('default', 'p1')).toEqual(full)
      expect(await workPools.find('default', 'b')).toEqual(full)
      expect(await workPools.find('default', 'p3')).toBeNull()
      expect((await workPools.list('default')).map(({ id }) => id)).toEqual(['p2', 'p1'])
      expect((await workPools.ofType('process')).map(({ id }) => id)).toEqual(['p1', 'p3'])
    })

    it('refuses a pool name twice in one project', async () => {
      await test.store.transaction((tx) => tx.workPools.save(pool('p1')))
      await expect(test.store.transaction((tx) => tx.workPools.save(pool('p2')))).rejects.toThrow(ConflictError)
    })

    it('keeps queues by priority, and removes them with their pool', async () => {
      const { store } = test
      await store.transaction(async (tx) => {
        await tx.workPools.save(pool('p1'))
        await tx.workPools.saveQueue(queue('slow', { priority: 9 }))
        await tx.workPools.saveQueue(queue('fast', { concurrencyLimit: 2, paused: true }))
      })
      const { workPools } = store.read
      expect((await workPools.queues('default', 'p1')).map(({ name }) => name)).toEqual(['fast', 'slow'])
      expect(await workPools.findQueue('default', 'p1', 'fast')).toEqual(
        queue('fast', { concurrencyLimit: 2, paused: true }),
      )
      expect((await workPools.findQueue('default', 'p1', 'queue-slow'))?.name).toBe('slow')
      expect(await workPools.findQueue('default', 'p2', 'fast')).toBeNull()
      await store.transaction((tx) => tx.workPools.removeQueue('default', 'queue-slow'))
      expect(await workPools.queues('default', 'p1')).toHaveLength(1)
      await store.transaction((tx) => tx.workPools.remove('default', 'p1'))
      expect(await workPools.queues('default', 'p1')).toEqual([])
      expect(await workPools.find('default', 'p1')).toBeNull()
    })

    it('keeps workers, and tells the living from the stopped, lost and silent', async () => {
      const { store } = test
      const rows = [
        worker('w1', { lastHeartbeat: T0 + 10, embedded: true }),
        worker('w2', { lastHeartbeat: T0 + 10, stopped: T0 + 10 }),
        worker('w3', { lastHeartbeat: T0 + 10, lost: T0 + 10 }),
        worker('w4'),
        worker('w5', { lastHeartbeat: T0 + 10, poolId: 'p2', project: 'other' }),
      ]
      await store.transaction(async (tx) => {
        for (const row of rows) await tx.workPools.saveWorker(row)
      })
      const { workPools } = store.read
      const ids = async (filter: Parameters<typeof workPools.workers>[0]) =>
        (await workPools.workers(filter)).map(({ id }) => id).join(' ')
      expect(await workPools.worker('w1')).toEqual(rows[0])
      expect(await workPools.worker('nobody')).toBeNull()
      expect(await ids({})).toBe('w1 w2 w3 w4 w5')
      expect(await ids({ aliveSince: T0 + 5 })).toBe('w1 w5')
      expect(await ids({ poolId: 'p1', aliveSince: T0 })).toBe('w1 w4')
      expect(await ids({ project: 'other' })).toBe('w5')
      await store.transaction((tx) => tx.workPools.saveWorker(worker('w4', { lastHeartbeat: T0 + 20 })))
      expect(await ids({ poolId: 'p1', aliveSince: T0 + 20 })).toBe('w4')
    })
  })
}
