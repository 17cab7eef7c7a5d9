import { describe, expect, it } from 'vitest'
import { type PreparePlace, useStore } from './place.ts'
import { decide, eventEntry, T0 } from './samples.ts'

/** Entries Upon itself causes, on their way to the log. */
export function raisedConformance(prepare: PreparePlace): void {
  describe('raised', () => {
    const test = useStore(prepare)
    const automation = { kind: 'automation', project: 'default', automationId: 'a1', version: null } as const

    it('keeps rows in the order raised, whoever raised them', async () => {
      const { store } = test
      const sequences = await store.transaction((tx) => tx.raised.add([eventEntry('r1'), automation]))
      await decide(store, { raised: [eventEntry('r2')] })
      const pending = await store.read.raised.pending(10)
      expect(pending.map(({ entry }) => entry)).toEqual([eventEntry('r1'), automation, eventEntry('r2')])
      expect(pending.slice(0, 2).map(({ sequence }) => sequence)).toEqual(sequences)
      expect(await store.read.raised.pending(1)).toHaveLength(1)
    })

    it('adds nothing for nothing', async () => {
      expect(await test.store.transaction((tx) => tx.raised.add([]))).toEqual([])
    })

    it('adds more rows than one statement takes, in order', async () => {
      const many = Array.from({ length: 1_201 }, (_, index) => eventEntry(`r${index}`))
      const sequences = await test.store.transaction((tx) => tx.raised.add(many))
      expect(sequences).toHaveLength(1_201)
      const pending = await test.store.read.raised.pending(2_000)
      expect(pending.map(({ entry }) => entry)).toEqual(many)
    })

    it('removes rows with the append that carries them', async () => {
      const { store } = test
      const [first = 0] = await store.transaction((tx) => tx.raised.add([eventEntry('r1'), eventEntry('r2')]))
      await store.log.append([eventEntry('r1')], { now: T0, raised: [first] })
      expect((await store.read.raised.pending(10)).map(({ entry }) => entry)).toEqual([eventEntry('r2')])
    })

    it('removes rows whose event the log already has', async () => {
      const { store } = test
      await store.log.append([eventEntry('r1')], { now: T0 })
      const raised = await store.transaction((tx) => tx.raised.add([eventEntry('r1')]))
      const [result] = await store.log.append([eventEntry('r1')], { now: T0, raised })
      expect(result?.outcome).toBe('duplicate')
      expect(await store.read.raised.count()).toBe(0)
    })

    it('keeps rows of an append that was refused', async () => {
      const { store } = test
      await store.log.append([eventEntry('r1')], { now: T0 })
      const raised = await store.transaction((tx) => tx.raised.add([eventEntry('r2')]))
      const entries = [eventEntry('r2'), eventEntry('r1', { payload: { n: 1 } })]
      await store.log.append(entries, { now: T0, raised, atomic: true })
      expect(await store.read.raised.count()).toBe(1)
    })

    it('never gives a sequence number twice', async () => {
      const add = (id: string) => test.store.transaction((tx) => tx.raised.add([eventEntry(id)]))
      const raised = await add('r1')
      await test.store.log.append([eventEntry('r1')], { now: T0, raised })
      const store = await test.reopen()
      const [next] = await store.transaction((tx) => tx.raised.add([eventEntry('r2')]))
      expect(next).toBeGreaterThan(raised[0] ?? 0)
    })
  })
}
