import { describe, expect, it } from 'vitest'
import { ConflictError } from '../errors.ts'
import { type PreparePlace, useStore } from './place.ts'
import { deployment, flow } from './run-samples.ts'
import { page } from './samples.ts'
import { allPages } from './walk.ts'

/** Flows and deployments. */
export function deploymentConformance(prepare: PreparePlace): void {
  describe('deployments', () => {
    const test = useStore(prepare)
    const saveFlow = (...args: Parameters<typeof flow>) =>
      test.store.transaction((tx) => tx.deployments.saveFlow(flow(...args)))
    const save = (...args: Parameters<typeof deployment>) =>
      test.store.transaction((tx) => tx.deployments.save(deployment(...args)))

    it('finds flows by id or name, and lists them by name', async () => {
      const { read } = test.store
      await saveFlow('f1', { name: 'b', tags: ['x'] })
      await saveFlow('f2', { name: 'a' })
      await saveFlow('f3', { name: 'a', project: 'other' })
      expect(await read.deployments.findFlow('default', 'f1')).toEqual(flow('f1', { name: 'b', tags: ['x'] }))
      expect((await read.deployments.findFlow('default', 'a'))?.id).toBe('f2')
      expect(await read.deployments.findFlow('other', 'f1')).toBeNull()
      const pages = await allPages((request) => read.deployments.listFlows('default', request), 1)
      expect(pages.flat().map(({ id }) => id)).toEqual(['f2', 'f1'])
    })

    it('refuses a flow name twice in one project', async () => {
      await saveFlow('f1', { name: 'a' })
      await expect(saveFlow('f2', { name: 'a' })).rejects.toThrow(ConflictError)
    })

    it('finds deployments by id, flow/name or key, also where names hold slashes', async () => {
      const { read } = test.store
      await saveFlow('flow-1', { name: 'train' })
      await saveFlow('flow-2', { name: 'a/b' })
      const full = deployment('d1', {
        name: 'nightly',
        version: 'v7',
        description: 'words',
        tags: ['x'],
        command: ['python', 'train.py'],
        commit: 'abc',
        parameters: { lr: 0.1 },
        parameterSchema: { type: 'object' },
        enforceParameterSchema: true,
        jobVariables: { env: { A: '1' } },
        concurrencyLimit: 2,
        collisionStrategy: 'CANCEL_NEW',
        workQueue: 'gpu',
        paused: true,
        schedules: [{ cron: '0 2 * * *' }],
        timeoutSeconds: 0.5,
        retries: 3,
        retryDelaySeconds: 2.5,
      })
      await test.store.transaction((tx) => tx.deployments.save(full))
      await save('d2', { flowId: 'flow-2', flowName: 'a/b', name: 'c/d' })
      for (const reference of ['d1', 'train/nightly', 'key-d1']) {
        expect(await read.deployments.find('default', reference)).toEqual(full)
      }
      expect((await read.deployments.find('default', 'a/b/c/d'))?.id).toBe('d2')
      expect(await read.deployments.find('default', 'nightly')).toBeNull()
      expect(await read.deployments.find('other', 'd1')).toBeNull()
    })

    it('changes a deployment in place', async () => {
      await saveFlow('flow-1', { name: 'train' })
      await save('d1')
      await save('d1', { revision: 2, paused: true, name: 'renamed' })
      expect(await test.store.read.deployments.find('default', 'd1')).toEqual(
        deployment('d1', { revision: 2, paused: true, name: 'renamed' }),
      )
    })

    it('refuses a name twice in one flow', async () => {
      await saveFlow('flow-1', { name: 'train' })
      await save('d1', { name: 'nightly' })
      await expect(save('d2', { name: 'nightly' })).rejects.toThrow(ConflictError)
    })

    it('refuses to remove a flow that has deployments', async () => {
      await saveFlow('flow-1', { name: 'train' })
      await save('d1')
      const remove = (work: 'flow' | 'deployment') =>
        test.store.transaction((tx) =>
          work === 'flow' ? tx.deployments.removeFlow('default', 'flow-1') : tx.deployments.remove('default', 'd1'),
        )
      await expect(remove('flow')).rejects.toThrow(ConflictError)
      await remove('deployment')
      await remove('flow')
      expect(await test.store.read.deployments.findFlow('default', 'flow-1')).toBeNull()
    })

    it('filters, counts and pages by flow and name', async () => {
      const { read } = test.store
      await saveFlow('flow-1', { name: 'train' })
      await saveFlow('flow-2', { name: 'eval' })
      await save('d1', { name: 'b', tags: ['red'] })
      await save('d2', { name: 'a', paused: true, workPool: 'gpu' })
      await save('d3', { name: 'z', flowId: 'flow-2', flowName: 'eval', tags: ['redder'] })
      const ids = async (filter: object) => {
        const { items } = await read.deployments.list({ project: 'default', ...filter }, page())
        expect(await read.deployments.count({ project: 'default', ...filter })).toBe(items.length)
        return items.map(({ id }) => id).join(' ')
      }
      expect(await ids({})).toBe('d3 d2 d1')
      expect(await ids({ flow: 'train' })).toBe('d2 d1')
      expect(await ids({ flow: 'flow-2' })).toBe('d3')
      expect(await ids({ name: 'b' })).toBe('d1')
      expect(await ids({ tag: 'red' })).toBe('d1')
      expect(await ids({ workPool: 'gpu' })).toBe('d2')
      expect(await ids({ paused: false })).toBe('d3 d1')
      const pages = await allPages((request) => read.deployments.list({ project: 'default' }, request), 2)
      expect(pages.map((items) => items.map(({ id }) => id))).toEqual([['d3', 'd2'], ['d1']])
    })
  })
}
