import { describe, expect, it } from 'vitest'
import type { ActionRecord, HeldBack, LaunchProgress } from '../launch-table.ts'
import { type PreparePlace, useStore } from './place.ts'
import { automationRow, decide, firing, launch, launched, page, T0 } from './samples.ts'
import { allPages } from './walk.ts'

const TWO_ACTIONS = [
  { list: 'actions', type: 'run-deployment', name: 'first' },
  { list: 'actions_on_trigger', type: 'call-webhook', name: null },
] as const

const record = (changes: Partial<ActionRecord> = {}): ActionRecord => ({
  index: 0,
  list: 'actions',
  type: 'run-deployment',
  name: 'first',
  state: 'succeeded',
  attempts: 1,
  idempotencyKey: 'ignored: it never changes',
  result: { run_id: 'r1' },
  error: null,
  warnings: ['careful'],
  started: T0,
  ended: T0 + 1,
  nextAttempt: null,
  ...changes,
})

const held = (launches: readonly string[], automations: readonly string[] = []): HeldBack => ({
  launches: new Set(launches),
  automations: new Set(automations),
})

const onward = (changes: Partial<LaunchProgress> = {}): LaunchProgress => ({
  action: record(),
  state: 'running',
  nextAction: 1,
  due: T0 + 5,
  ended: null,
  warnings: [],
  ...changes,
})

/** The launch log, and the outbox it is while actions are left. */
export function launchConformance(prepare: PreparePlace): void {
  describe('launches', () => {
    const test = useStore(prepare)
    const get = (id: string) => test.store.read.launches.get('default', id)
    const progress = (id: string, changes?: Partial<LaunchProgress>) =>
      test.store.transaction((tx) => tx.launches.progress(id, onward(changes)))
    const due = async (now: number, busy: string[] = [], limit = 10) =>
      (await test.store.read.launches.due(now, limit, held(busy))).map(({ id }) => id)

    it('starts with all actions pending, under keys that are theirs alone', async () => {
      await test.store.transaction((tx) => tx.automations.save(automationRow('a1', { name: 'As it was' }), 'local'))
      await launched(test.store, 'f1', { launch: { actions: TWO_ACTIONS } })
      const found = await get('f1')
      expect(found).toMatchObject({
        id: 'f1',
        automationId: 'a1',
        automationKey: 'key-a1',
        automationName: 'As it was',
        version: 1,
        firing: firing('f1'),
        state: 'pending',
        reason: null,
        warnings: [],
        nextAction: 0,
        ended: null,
      })
      expect(found?.actions).toMatchObject(TWO_ACTIONS.map((action, index) => ({ ...action, index, state: 'pending' })))
      expect(new Set(found?.actions.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2)
      expect(await test.store.read.launches.get('other', 'f1')).toBeNull()
    })

    it('ends at once when it was refused, with its reason', async () => {
      const reason = { code: 'loop_guard', detail: '26 generations' }
      await launched(test.store, 'f1', { launch: { state: 'refused', reason } })
      expect(await get('f1')).toMatchObject({ state: 'refused', reason, ended: T0, actions: [{ state: 'skipped' }] })
      expect(await due(T0 + 100)).toEqual([])
    })

    it('has succeeded when there is nothing to do', async () => {
      await launched(test.store, 'f1', { launch: { actions: [] } })
      expect(await get('f1')).toMatchObject({ state: 'succeeded', ended: T0, actions: [] })
    })

    it('gives out due launches, oldest first, without the busy ones', async () => {
      const { store } = test
      for (const [id, at] of [
        ['late', 30],
        ['b', 20],
        ['a', 10],
      ] as const) {
        await launched(store, id, { firing: { at: T0 + at } })
      }
      expect(await due(T0 + 20)).toEqual(['a', 'b'])
      expect(await due(T0 + 30, ['a'])).toEqual(['b', 'late'])
      expect(await due(T0 + 30, ['a'], 1)).toEqual(['b'])
      expect(await due(T0)).toEqual([])
      expect(await store.read.launches.nextDue(held([]))).toBe(T0 + 10)
      expect(await store.read.launches.nextDue(held(['a']))).toBe(T0 + 20)
      expect(await store.read.launches.nextDue(held(['a', 'b', 'late']))).toBeNull()
    })

    it('gives out no launches of an automation that is held back', async () => {
      const { launches } = test.store.read
      await launched(test.store, 'a', { firing: { at: T0 + 10 } })
      await launched(test.store, 'b', { firing: { at: T0 + 20, automationId: 'a2' } })
      expect((await launches.due(T0 + 20, 1, held([], ['a1']))).map(({ id }) => id)).toEqual(['b'])
      expect(await launches.nextDue(held([], ['a1']))).toBe(T0 + 20)
      expect(await launches.nextDue(held(['b'], ['a1']))).toBeNull()
    })

    it('moves to the next action with what the last one gave', async () => {
      await launched(test.store, 'f1', { launch: { actions: TWO_ACTIONS } })
      const before = await get('f1')
      expect(await progress('f1', { warnings: ['careful'] })).toBe(true)
      const after = await get('f1')
      const { idempotencyKey } = before?.actions[0] ?? record()
      expect(after).toMatchObject({ state: 'running', nextAction: 1, warnings: ['careful'], ended: null })
      expect(after?.actions[0]).toEqual(record({ idempotencyKey }))
      expect(after?.actions[1]).toEqual(before?.actions[1])
      expect(await due(T0 + 4)).toEqual([])
      expect(await due(T0 + 5)).toEqual(['f1'])
    })

    it('stays at an action that is tried again', async () => {
      await launched(test.store, 'f1')
      const action = record({ state: 'retrying', ended: null, error: 'refused', result: null, nextAttempt: T0 + 9 })
      expect(await progress('f1', { action, state: 'retrying', nextAction: 0, due: T0 + 9 })).toBe(true)
      expect(await get('f1')).toMatchObject({
        state: 'retrying',
        nextAction: 0,
        actions: [{ error: 'refused', result: null, nextAttempt: T0 + 9 }],
      })
    })

    it('records an action once, and nothing after the end', async () => {
      await launched(test.store, 'f1', { launch: { actions: TWO_ACTIONS } })
      expect(await progress('f1')).toBe(true)
      const once = await get('f1')
      expect(await progress('f1', { state: 'failed' })).toBe(false)
      expect(await get('f1')).toEqual(once)
      const last = {
        action: record({ index: 1 }),
        state: 'succeeded',
        nextAction: 2,
        due: null,
        ended: T0 + 9,
      } as const
      expect(await progress('f1', last)).toBe(true)
      expect(await progress('f1', last)).toBe(false)
      expect(await get('f1')).toMatchObject({ state: 'succeeded', ended: T0 + 9 })
      expect(await due(T0 + 100)).toEqual([])
      expect(await progress('nobody')).toBe(false)
    })

    it('skips what is left when it ends early, and collects the warnings of all actions', async () => {
      const actions = [...TWO_ACTIONS, { list: 'actions', type: 'do-nothing', name: null } as const]
      await launched(test.store, 'f1', { launch: { actions } })
      await progress('f1', { warnings: ['one'] })
      const failed = record({ index: 1, state: 'failed', error: 'no' })
      await progress('f1', { action: failed, state: 'failed', nextAction: 3, due: null, ended: T0, warnings: ['two'] })
      const found = await get('f1')
      expect(found?.actions.map(({ state }) => state)).toEqual(['succeeded', 'failed', 'skipped'])
      expect(found?.warnings).toEqual(['one', 'two'])
    })

    it('takes back progress with the transaction that rejects', async () => {
      await launched(test.store, 'f1')
      const before = await get('f1')
      const failing = test.store.transaction(async (tx) => {
        await tx.launches.progress('f1', onward())
        throw new Error('changed my mind')
      })
      await expect(failing).rejects.toThrow('changed my mind')
      expect(await get('f1')).toEqual(before)
    })

    it('lists the newest firing first, filters and counts', async () => {
      const { read } = test.store
      const firings = [
        firing('f1', { at: T0 + 1, event: { id: 'e1', position: 1 } }),
        firing('f2', { at: T0 + 3, automationId: 'a2', event: null }),
        firing('f3', { at: T0 + 2 }),
        firing('f4', { at: T0 + 2, project: 'other' }),
      ]
      const launches = firings.map(({ id }) => launch(id, id === 'f3' ? { state: 'refused' } : {}))
      await decide(test.store, { firings, launches })
      const ids = async (filter: object) => {
        const { items } = await read.launches.list({ project: 'default', ...filter }, page())
        expect(await read.launches.count({ project: 'default', ...filter })).toBe(items.length)
        return items.map(({ id }) => id).join(' ')
      }
      expect(await ids({})).toBe('f2 f3 f1')
      expect(await ids({ automationId: 'a2' })).toBe('f2')
      expect(await ids({ states: ['refused', 'dead'] })).toBe('f3')
      expect(await ids({ eventId: 'e1' })).toBe('f3 f1')
      expect(await ids({ since: T0 + 2 })).toBe('f2 f3')
      expect(await ids({ until: T0 + 2 })).toBe('f3 f1')
      const pages = await allPages((request) => read.launches.list({ project: 'default' }, request), 2)
      expect(pages.map((items) => items.map(({ id }) => id))).toEqual([['f2', 'f3'], ['f1']])
      expect(await read.launches.countByState()).toEqual({ pending: 3, refused: 1 })
    })

    it('pages over firings of the same instant without gaps', async () => {
      const ids = Array.from({ length: 7 }, (_, index) => `f${index}`)
      await decide(test.store, { firings: ids.map((id) => firing(id)), launches: ids.map((id) => launch(id)) })
      const pages = await allPages((request) => test.store.read.launches.list({ project: 'default' }, request), 3)
      expect(pages.flat().map(({ id }) => id)).toEqual(ids.toReversed())
    })
  })
}
