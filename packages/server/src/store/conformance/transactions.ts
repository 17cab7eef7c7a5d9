import { describe, expect, it } from 'vitest'
import { type PreparePlace, useStore } from './place.ts'
import { appendEvents, automationRow, decide, eventEntry } from './samples.ts'

/** Transactions of the tables, and reads beside them. */
export function transactionConformance(prepare: PreparePlace): void {
  describe('transactions', () => {
    const test = useStore(prepare)
    const project = (key: string) => ({ id: key, key, name: key, description: '', created: 1 })

    it('commits everything done in it, and gives its result', async () => {
      const result = await test.store.transaction(async (tx) => {
        await tx.projects.add(project('p1'))
        await tx.raised.add([eventEntry('r1')])
        return 'done'
      })
      expect(result).toBe('done')
      expect(await test.store.read.projects.find('p1')).toEqual(project('p1'))
      expect(await test.store.read.raised.count()).toBe(1)
    })

    it('leaves nothing behind when it rejects, and the store goes on', async () => {
      const failing = test.store.transaction(async (tx) => {
        await tx.projects.add(project('p1'))
        await tx.automations.save(automationRow('a1'), 'local')
        await tx.raised.add([eventEntry('r1')])
        throw new Error('changed my mind')
      })
      await expect(failing).rejects.toThrow('changed my mind')
      expect(await test.store.read.projects.find('p1')).toBeNull()
      expect(await test.store.read.automations.find('default', 'a1')).toBeNull()
      expect(await test.store.read.raised.count()).toBe(0)
      await test.store.transaction((tx) => tx.projects.add(project('p1')))
    })

    it('sees its own writes, which nobody else does before the commit', async () => {
      await test.store.transaction(async (tx) => {
        await tx.projects.add(project('p1'))
        expect(await tx.projects.find('p1')).not.toBeNull()
        expect(await test.store.read.projects.find('p1')).toBeNull()
      })
      expect(await test.store.read.projects.find('p1')).not.toBeNull()
    })

    it('serializes transactions that read before they write', async () => {
      const add = () =>
        test.store.transaction(async (tx) => {
          const order = await tx.automations.nextOrder()
          await tx.projects.find('default')
          await tx.automations.save(automationRow(`a${order}`, { order }), 'local')
          return order
        })
      const orders = await Promise.all(Array.from({ length: 10 }, add))
      expect(orders.toSorted((left, right) => left - right)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    })

    it('keeps appends and decisions out of a transaction that is under way', async () => {
      const { store } = test
      const failing = store.transaction(async (tx) => {
        await tx.projects.add(project('p1'))
        await tx.projects.list()
        throw new Error('changed my mind')
      })
      const [outcome] = await Promise.allSettled([failing, appendEvents(store, 'e1'), decide(store)])
      expect(outcome.status).toBe('rejected')
      expect(await store.log.read(0, 10)).toHaveLength(1)
      expect(await store.decisions.cursor()).toMatchObject({ position: 1 })
      expect(await store.read.projects.find('p1')).toBeNull()
    })

    it('refuses a write through read', async () => {
      await expect(test.store.read.projects.add(project('p1'))).rejects.toThrow()
      await expect(test.store.read.runs.remove('default', 'r1')).rejects.toThrow()
      expect(await test.store.read.projects.find('p1')).toBeNull()
    })

    it('reads what was committed before, each time', async () => {
      for (let count = 1; count <= 50; count += 1) {
        await appendEvents(test.store, `e${count}`)
        expect(await test.store.read.events.count({ project: 'default' })).toBe(count)
      }
    })

    it('is healthy', async () => {
      await expect(test.store.healthy()).resolves.toBeUndefined()
    })

    it('keeps committed rows over a reopening', async () => {
      await test.store.transaction((tx) => tx.projects.add(project('p1')))
      const store = await test.reopen()
      expect(await store.read.projects.find('p1')).toEqual(project('p1'))
    })
  })
}
