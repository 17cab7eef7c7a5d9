import { describe, expect, it } from 'vitest'
import { ConflictError } from '../errors.ts'
import type { VariableRow } from '../variable-table.ts'
import { type PreparePlace, useStore } from './place.ts'
import { T0 } from './samples.ts'
import { allPages } from './walk.ts'

const variable = (id: string, changes: Partial<VariableRow> = {}): VariableRow => ({
  id,
  project: 'default',
  name: `name-${id}`,
  value: null,
  tags: [],
  created: T0,
  updated: T0,
  ...changes,
})

/** Projects, variables and the audit. */
export function recordConformance(prepare: PreparePlace): void {
  describe('records', () => {
    const test = useStore(prepare)
    const project = (id: string, key: string) => ({ id, key, name: 'Name', description: 'words', created: T0 })

    it('has the project default from the start', async () => {
      expect(await test.store.read.projects.find('default')).toMatchObject({ id: 'default', key: 'default' })
      expect(await test.store.read.projects.list()).toHaveLength(1)
    })

    it('finds projects by id or key, and refuses a key twice', async () => {
      const { store } = test
      await store.transaction((tx) => tx.projects.add(project('p1', 'vision')))
      expect(await store.read.projects.find('p1')).toEqual(project('p1', 'vision'))
      expect(await store.read.projects.find('vision')).toEqual(project('p1', 'vision'))
      expect(await store.read.projects.find('nobody')).toBeNull()
      const again = store.transaction((tx) => tx.projects.add(project('p2', 'vision')))
      await expect(again).rejects.toThrow(ConflictError)
      await expect(again).rejects.toThrow(/key/)
    })

    it.each([['text'], [1.5], [false], [null], [{ deep: ['é', null] }]])(
      'keeps the variable value %j',
      async (value) => {
        const row = variable('v1', { value, tags: ['t'] })
        await test.store.transaction((tx) => tx.variables.save(row))
        expect(await test.store.read.variables.find('default', 'v1')).toEqual(row)
        expect(await test.store.read.variables.find('default', 'name-v1')).toEqual(row)
        expect(await test.store.read.variables.find('other', 'v1')).toBeNull()
      },
    )

    it('changes, removes and pages variables by name', async () => {
      const { store } = test
      const save = (row: VariableRow) => store.transaction((tx) => tx.variables.save(row))
      for (const id of ['c', 'a', 'b']) await save(variable(id))
      await save(variable('a', { value: 2 }))
      await expect(save(variable('x', { name: 'name-a' }))).rejects.toThrow(ConflictError)
      expect((await store.read.variables.find('default', 'a'))?.value).toBe(2)
      const list = () => allPages((request) => store.read.variables.list('default', request), 2)
      expect((await list()).map((items) => items.map(({ id }) => id))).toEqual([['a', 'b'], ['c']])
      await store.transaction((tx) => tx.variables.remove('other', 'a'))
      await store.transaction((tx) => tx.variables.remove('default', 'b'))
      expect((await list()).flat().map(({ id }) => id)).toEqual(['a', 'c'])
    })

    it('keeps the audit of a target, newest first', async () => {
      const { store } = test
      const row = (action: string, target = 'a1') => ({
        at: T0,
        project: 'default',
        actor: 'local',
        action,
        target,
        detail: { from: 1, to: [2] },
      })
      await store.transaction(async (tx) => {
        for (const one of [row('automation.created'), row('other', 'a2'), row('automation.updated')])
          await tx.audit.add(one)
      })
      const listed = [row('automation.updated'), row('automation.created')]
      expect(await store.read.audit.list('default', 'a1', 10)).toEqual(listed)
      expect(await store.read.audit.list('default', 'a1', 1)).toHaveLength(1)
      expect(await store.read.audit.list('other', 'a1', 10)).toEqual([])
    })
  })
}
