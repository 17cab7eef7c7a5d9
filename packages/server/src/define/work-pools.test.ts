import { expect, test } from 'vitest'
import { openWorld, type World } from '../test-world.test-support.ts'

const pool = (w: World, extra: object = {}) =>
  w.define.createWorkPool(w.scope, { name: 'gpu', type: 'process', ...extra })

const queues = async (w: World, id: string) =>
  (await w.store.read.workPools.queues(w.project, id)).map(({ name, priority }) => `${name} ${priority}`)

test('a work pool begins with a default queue, and each change is in the audit', async () => {
  await using w = await openWorld()
  const { id } = await pool(w, { concurrency_limit: 3, job_variables: { cpu: 1 } })
  expect(await queues(w, id)).toEqual(['default 1'])
  const patched = await w.define.patchWorkPool(w.scope, 'gpu', { paused: true, concurrency_limit: null })
  expect(patched).toMatchObject({ paused: true, concurrencyLimit: null, jobVariables: { cpu: 1 } })
  await w.define.removeWorkPool(w.scope, id)
  expect((await w.audit(id)).map(({ action }) => action)).toEqual([
    'work-pool.removed',
    'work-pool.updated',
    'work-pool.created',
  ])
  expect(await queues(w, id)).toEqual([])
})

test('a pool that exists, does not exist, or is in use is told in words', async () => {
  await using w = await openWorld()
  await pool(w)
  await expect(pool(w)).rejects.toMatchObject({ code: 'conflict', message: 'a work pool "gpu" exists' })
  await expect(w.define.patchWorkPool(w.scope, 'cpu', {})).rejects.toMatchObject({ code: 'not_found' })
  await expect(w.define.removeWorkPool(w.scope, 'cpu')).rejects.toMatchObject({ code: 'not_found' })
  await w.deployment({ work_pool: 'gpu' })
  await expect(w.define.removeWorkPool(w.scope, 'gpu')).rejects.toMatchObject({
    code: 'conflict',
    message: 'work pool "gpu" still has 1 deployment; move or delete them first',
  })
})

test('queues come in order of priority, the last one last', async () => {
  await using w = await openWorld()
  const { id } = await pool(w)
  await w.define.createWorkQueue(w.scope, 'gpu', { name: 'slow' })
  await w.define.createWorkQueue(w.scope, 'gpu', { name: 'fast', priority: 1, concurrency_limit: 2 })
  expect((await queues(w, id)).toSorted()).toEqual(['default 1', 'fast 1', 'slow 2'])
  const patched = await w.define.patchWorkQueue(w.scope, 'gpu', 'fast', { concurrency_limit: null, paused: true })
  expect(patched).toMatchObject({ concurrencyLimit: null, paused: true, priority: 1 })
  await w.define.removeWorkQueue(w.scope, 'gpu', 'fast')
  expect((await w.audit(patched.id)).map(({ action }) => action)).toEqual([
    'work-queue.removed',
    'work-queue.updated',
    'work-queue.created',
  ])
})

test('a queue that exists, does not exist, or must stay is told in words', async () => {
  await using w = await openWorld()
  await pool(w)
  await pool(w, { name: 'cpu' })
  await w.define.createWorkQueue(w.scope, 'gpu', { name: 'fast' })
  await expect(w.define.createWorkQueue(w.scope, 'gpu', { name: 'fast' })).rejects.toMatchObject({
    code: 'conflict',
    message: 'work pool "gpu" has a queue "fast"',
  })
  await expect(w.define.patchWorkQueue(w.scope, 'cpu', 'fast', {})).rejects.toMatchObject({ code: 'not_found' })
  await expect(w.define.createWorkQueue(w.scope, 'tpu', { name: 'fast' })).rejects.toMatchObject({ code: 'not_found' })
  await expect(w.define.removeWorkQueue(w.scope, 'gpu', 'default')).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('stays as long as its work pool'),
  })
})

test('a queue with deployments stays', async () => {
  await using w = await openWorld()
  await pool(w)
  await w.deployment({ work_pool: 'gpu', work_queue: 'fast' })
  await expect(w.define.removeWorkQueue(w.scope, 'gpu', 'fast')).rejects.toMatchObject({
    code: 'conflict',
    message: 'work queue "fast" still has 1 deployment; move or delete them first',
  })
})

/** A worker that waits for a run of the pool while something keeps it from starting, until `release` takes that away. */
async function startsAfter(w: World, deployment: object, release: () => Promise<unknown>) {
  const { id } = await w.deployment({ work_pool: 'gpu', ...deployment })
  const { run } = await w.runService.createRun(w.scope, id, { parameters: {}, job_variables: {}, tags: [] })
  const registration = { name: 'w1', host: 'here', pid: 1, version: '0', embedded: false }
  const worker = { project: w.project, id: (await w.runService.registerWorker(w.project, 'gpu', registration)).id }
  const { signal } = new AbortController()
  expect(await w.runService.claim([worker], { limit: 1, waitSeconds: 0, signal })).toEqual([])
  const claim = w.runService.claim([worker], { limit: 1, waitSeconds: 30, signal })
  await release()
  const [claimed] = await claim
  return claimed?.run.run_id === run.id
}

test('a run that a paused pool held up starts as soon as the pool is resumed', async () => {
  await using w = await openWorld()
  await pool(w, { paused: true })
  expect(await startsAfter(w, {}, () => w.define.patchWorkPool(w.scope, 'gpu', { paused: false }))).toBe(true)
})

test('a run that a limit of 0 held up starts as soon as the limit is raised', async () => {
  await using w = await openWorld()
  await pool(w, { concurrency_limit: 0 })
  expect(await startsAfter(w, {}, () => w.define.patchWorkPool(w.scope, 'gpu', { concurrency_limit: 1 }))).toBe(true)
})

test('a run that a paused queue held up starts as soon as the queue is resumed', async () => {
  await using w = await openWorld()
  await pool(w)
  await w.define.createWorkQueue(w.scope, 'gpu', { name: 'slow', paused: true })
  const resume = () => w.define.patchWorkQueue(w.scope, 'gpu', 'slow', { paused: false })
  expect(await startsAfter(w, { work_queue: 'slow' }, resume)).toBe(true)
})
