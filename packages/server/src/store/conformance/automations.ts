import { describe, expect, it } from 'vitest'
import type { AutomationRow } from '../automation-table.ts'
import { ConflictError } from '../errors.ts'
import { type PreparePlace, useStore } from './place.ts'
import { automationRow, counting, decide, page } from './samples.ts'
import { allPages } from './walk.ts'

/** Automations and their immutable versions. */
export function automationConformance(prepare: PreparePlace): void {
  describe('automations', () => {
    const test = useStore(prepare)
    const save = (...rows: AutomationRow[]) =>
      test.store.transaction(async (tx) => {
        for (const row of rows) await tx.automations.save(row, 'local')
      })

    it('finds one by id, key, or a name that only it has', async () => {
      const { read } = test.store
      const row = automationRow('a1', { tags: ['x'], owner: 'prefect.deployment.d1', description: 'words' })
      await save(row, automationRow('a2', { name: 'Twice' }), automationRow('a3', { name: 'Twice' }))
      for (const reference of ['a1', 'key-a1', 'Automation a1']) {
        expect(await read.automations.find('default', reference)).toEqual(row)
      }
      expect(await read.automations.find('default', 'Twice')).toBeNull()
      expect(await read.automations.find('other', 'a1')).toBeNull()
    })

    it('prefers an id over a key over a name', async () => {
      await save(automationRow('x'), automationRow('a2', { key: 'x' }), automationRow('a3', { name: 'key-x' }))
      expect((await test.store.read.automations.find('default', 'x'))?.id).toBe('x')
      expect((await test.store.read.automations.find('default', 'key-x'))?.id).toBe('x')
    })

    it('keeps every version as it was', async () => {
      const { read } = test.store
      const first = automationRow('a1')
      const second = automationRow('a1', { version: 2, name: 'Renamed', enabled: false })
      await save(first, second)
      expect(await read.automations.find('default', 'a1')).toEqual(second)
      expect(await read.automations.version('default', 'a1', 1)).toEqual({ ...first, actor: 'local' })
      expect(await read.automations.version('default', 'a1', 3)).toBeNull()
      expect(await read.automations.version('other', 'a1', 1)).toBeNull()
      const versions = await allPages((request) => read.automations.versions('default', 'a1', request), 1)
      expect(versions.map((items) => items.map(({ version }) => version))).toEqual([[2], [1]])
    })

    it('keeps the versions of a removed automation, and never gives its place again', async () => {
      await save(automationRow('a1', { order: 7 }))
      await test.store.transaction((tx) => tx.automations.remove('default', 'a1'))
      expect(await test.store.read.automations.find('default', 'a1')).toBeNull()
      expect(await test.store.read.automations.version('default', 'a1', 1)).not.toBeNull()
      expect(await test.store.read.automations.nextOrder()).toBe(8)
    })

    it('refuses a key twice in one project, and a version twice', async () => {
      await save(automationRow('a1', { key: 'k' }), automationRow('a2', { key: 'k', project: 'other' }))
      await expect(save(automationRow('a3', { key: 'k' }))).rejects.toThrow(ConflictError)
      await expect(save(automationRow('a1', { key: 'k' }))).rejects.toThrow(ConflictError)
    })

    it('filters, counts and pages in order of creation', async () => {
      const { read } = test.store
      await save(
        automationRow('a1', { order: 3, tags: ['red', 'blue'], owner: 'o1' }),
        automationRow('a2', { order: 1, tags: ['redder'], enabled: false }),
        automationRow('a3', { order: 2, name: 'Nightly TRAIN 100%' }),
        automationRow('a4', { order: 4, project: 'other' }),
      )
      const ids = async (filter: object) => {
        const rows = await read.automations.all({ project: 'default', ...filter })
        expect(await read.automations.count({ project: 'default', ...filter })).toBe(rows.length)
        return rows.map(({ id }) => id).join(' ')
      }
      expect(await ids({})).toBe('a2 a3 a1')
      expect(await ids({ tag: 'red' })).toBe('a1')
      expect(await ids({ enabled: false })).toBe('a2')
      expect(await ids({ owner: 'o1' })).toBe('a1')
      expect(await ids({ nameContains: 'train' })).toBe('a3')
      expect(await ids({ nameContains: '%' })).toBe('a3')
      expect(await ids({ keys: ['key-a1', 'key-a3'] })).toBe('a3 a1')
      const pages = await allPages((request) => read.automations.list({ project: 'default' }, request), 2)
      expect(pages.map((items) => items.map(({ id }) => id))).toEqual([['a2', 'a3'], ['a1']])
      expect((await read.automations.list({ project: 'default' }, page(3))).next).toBeNull()
    })

    it('gives the windows that are still counting for some triggers', async () => {
      const other = { ...counting('k2'), trigger: 'trigger-2' }
      await decide(test.store, {
        windows: [counting('k1'), other, { ...counting('k3'), state: { kind: 'orphaned', since: 1 } }],
      })
      expect(await test.store.read.automations.windows('default', ['trigger-1'])).toEqual([counting('k1')])
      expect(await test.store.read.automations.windows('default', ['trigger-1', 'trigger-2'])).toHaveLength(2)
      expect(await test.store.read.automations.windows('default', [])).toEqual([])
      expect(await test.store.read.automations.windows('other', ['trigger-1'])).toEqual([])
    })
  })
}
