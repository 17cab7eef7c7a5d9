import { deploymentInputSchema } from '@upon/sdk'
import { expect, test } from 'vitest'
import { openWorld, type World } from '../test-world.test-support.ts'

const input = (extra: object = {}) =>
  deploymentInputSchema.parse({ flow_name: 'vision', name: 'inference', command: 'true', ...extra })

const put = (w: World, extra: object = {}, ifMatch?: number) =>
  w.define.putDeployment(w.scope, input(extra), ifMatch === undefined ? {} : { ifMatch })

test('a deployment is known by its flow and name: the flow is made, the same again changes nothing', async () => {
  await using w = await openWorld()
  const { row, change } = await put(w, { parameters: { a: 1, b: 2 } })
  expect([change, row.revision, row.key]).toEqual(['created', 1, 'vision-inference'])
  expect((await put(w, { parameters: { b: 2, a: 1 } })).change).toBe('unchanged')
  const updated = await put(w, { parameters: { a: 2 } })
  expect([updated.change, updated.row.revision, updated.row.id]).toEqual(['updated', 2, row.id])
  expect((await w.audit(row.id)).map(({ action, detail }) => [action, detail])).toEqual([
    ['deployment.updated', { name: 'vision/inference', revision: 2 }],
    ['deployment.created', { name: 'vision/inference', revision: 1 }],
  ])
  expect((await w.audit(row.flowId)).map(({ action }) => action)).toEqual(['flow.created'])
})

test('a patch changes what it names, and one that changes nothing leaves no trace', async () => {
  await using w = await openWorld()
  const { row } = await put(w, { tags: ['a'], retries: 2 })
  const patched = await w.define.patchDeployment(w.scope, 'vision/inference', { tags: ['b'], timeout_seconds: 60 }, {})
  expect(patched).toMatchObject({ tags: ['b'], timeoutSeconds: 60, retries: 2, revision: 2 })
  const again = await w.define.patchDeployment(w.scope, 'vision-inference', { tags: ['b'] }, {})
  expect(again.revision).toBe(2)
  const cleared = await w.define.patchDeployment(w.scope, row.id, { timeout_seconds: null }, {})
  expect([cleared.timeoutSeconds, cleared.revision]).toEqual([null, 3])
  expect(await w.audit(row.id)).toHaveLength(3)
})

test('a change of a revision that is not the present one is refused', async () => {
  await using w = await openWorld()
  await put(w)
  await put(w, { description: 'new' }, 1)
  const stale = { code: 'precondition_failed', message: expect.stringContaining('is at revision 2, not at 1') }
  await expect(put(w, { description: 'old' }, 1)).rejects.toMatchObject(stale)
  await expect(
    w.define.patchDeployment(w.scope, 'vision/inference', { paused: true }, { ifMatch: 1 }),
  ).rejects.toMatchObject(stale)
  await expect(put(w, { name: 'fresh' }, 1)).rejects.toMatchObject({
    code: 'precondition_failed',
    message: expect.stringContaining('"vision/fresh" does not exist'),
  })
})

test('a key belongs to one deployment', async () => {
  await using w = await openWorld()
  await put(w, { key: 'mine' })
  await expect(put(w, { name: 'other', key: 'mine' })).rejects.toMatchObject({
    code: 'conflict',
    message: 'deployment "vision/inference" has the key "mine"',
  })
  expect((await put(w, { key: 'mine' })).change).toBe('unchanged')
  expect((await put(w)).row.key).toBe('mine')
  expect((await put(w, { flow_name: 'mi', name: 'ne' })).row.key).toBe('mi-ne')
  expect((await put(w, { flow_name: 'mi-ne', name: '!' })).row.key).toBe('mi-ne-')
})

test('a work pool has to exist', async () => {
  await using w = await openWorld()
  await w.define.createWorkPool(w.scope, { name: 'gpu', type: 'process' })
  await expect(put(w, { work_pool: 'gpus' })).rejects.toMatchObject({
    code: 'invalid',
    problems: [{ path: 'work_pool', found: 'gpus', suggestion: 'gpu' }],
  })
  await put(w, { work_pool: 'gpu' })
  await expect(w.define.patchDeployment(w.scope, 'vision/inference', { work_pool: 'cpu' }, {})).rejects.toMatchObject({
    code: 'invalid',
  })
  const freed = await w.define.patchDeployment(w.scope, 'vision/inference', { work_pool: null }, {})
  expect(freed.workPool).toBeNull()
})

test('a removed deployment takes its automations with it, not those that only run it', async () => {
  await using w = await openWorld()
  const triggers = [{ expect: ['order.placed'], match: { shop: 'a' } }]
  const { deployments } = await w.deploy({ deployments: [{ flow_name: 'vision', name: 'inference', triggers }] })
  await w.automation({ actions: [{ type: 'run-deployment', deployment: 'vision/inference' }] })
  await w.define.removeDeployment(w.scope, 'vision/inference')
  expect((await w.store.read.automations.all({ project: w.project })).map(({ key }) => key)).toEqual(['watch'])
  expect((await w.audit(deployments[0]?.row.id ?? ''))[0]?.action).toBe('deployment.removed')
  await w.send({ resource: { 'prefect.resource.id': 'order.1', shop: 'a' } })
  expect((await w.launches()).map(({ automationKey }) => automationKey)).toEqual(['watch'])
  await expect(w.define.removeDeployment(w.scope, 'vision/inference')).rejects.toMatchObject({ code: 'not_found' })
})

test('a flow goes when it is empty', async () => {
  await using w = await openWorld()
  const { row } = await put(w)
  await expect(w.define.removeFlow(w.scope, 'vision')).rejects.toMatchObject({
    code: 'conflict',
    message: 'flow "vision" still has 1 deployment; delete them first',
  })
  await w.define.removeDeployment(w.scope, 'vision/inference')
  await w.define.removeFlow(w.scope, 'vision')
  expect((await w.audit(row.flowId))[0]?.action).toBe('flow.removed')
  await expect(w.define.removeFlow(w.scope, 'vision')).rejects.toMatchObject({ code: 'not_found' })
})
