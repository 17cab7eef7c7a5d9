import { expect, test } from 'vitest'
import { type EmbeddedWorker, startEmbeddedWorker } from './embedded-worker.ts'
import { claimOne, quietLog, type RunPlace, runPlace } from './run-place.test-support.ts'

const embeddedIn = (place: RunPlace): EmbeddedWorker =>
  startEmbeddedWorker({ ...place, log: quietLog, host: 'here', pid: process.pid, version: '0', cores: 1 })

test('the embedded worker serves a pool made after it started, at once', async () => {
  await using place = await runPlace()
  const worker = embeddedIn(place)
  await place.reaches(await place.create(await place.deploy()), 'Completed')
  await place.pool({ name: 'new' })
  const ended = await place.reaches(await place.create(await place.deploy({ workPool: 'new' })), 'Completed')
  const row = await place.store.read.workPools.worker(ended.workerId ?? '')
  expect(row).toMatchObject({ name: 'embedded', poolName: 'new', embedded: true })
  await worker.stop()
})

test('the embedded worker leaves pools of other types alone', async () => {
  await using place = await runPlace()
  await place.pool({ name: 'cluster', type: 'kubernetes' })
  const worker = embeddedIn(place)
  const other = await place.create(await place.deploy({ workPool: 'cluster' }))
  await place.reaches(await place.create(await place.deploy()), 'Completed')
  expect((await place.get(other)).state.name).toBe('Scheduled')
  await worker.stop()
})

test('the embedded worker leaves a pool to another online worker and takes over when that one stops', async () => {
  await using place = await runPlace()
  const other = await place.register('local', 'other')
  const worker = embeddedIn(place)
  await place.pool({ name: 'free' })
  const run = await place.create(await place.deploy())
  await place.reaches(await place.create(await place.deploy({ workPool: 'free' })), 'Completed')
  expect((await place.get(run)).state.name).toBe('Scheduled')
  expect(await claimOne(place, other)).toMatchObject({ run_id: run.id })

  const next = await place.create(await place.deploy())
  await place.runs.stopWorker(other)
  expect((await place.reaches(next, 'Completed')).workerId).not.toBe(other.id)
  // What the other worker had taken and not started was given back.
  expect((await place.reaches(run, 'Completed')).attempt).toBe(2)
  await worker.stop()
})
