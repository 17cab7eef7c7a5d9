import { expect, test } from 'vitest'
import { manualClock } from '../lib/manual-clock.ts'
import { claimOne, runPlace, seconds } from './run-place.test-support.ts'

const START = Date.UTC(2026, 0, 31) * 1_000

test('parameters are laid over the defaults and checked against the schema of the deployment', async () => {
  await using place = await runPlace()
  const deployment = await place.deploy({
    parameters: { n: 1, place: 'here' },
    parameterSchema: { type: 'object', properties: { n: { type: 'integer' }, place: { type: 'string' } } },
  })
  const run = await place.create(deployment, { parameters: { n: 2 } })
  expect(run.parameters).toEqual({ n: 2, place: 'here' })
  await expect(place.create(deployment, { parameters: { n: 'two' } })).rejects.toMatchObject({
    code: 'invalid',
    problems: [{ path: 'parameters.n', found: '"two"' }],
  })
  expect(await place.store.read.runs.count({ project: place.project })).toBe(1)
})

test('a schema that is not enforced refuses nothing', async () => {
  await using place = await runPlace()
  const schema = { type: 'object', properties: { n: { type: 'integer' } } }
  const deployment = await place.deploy({ parameterSchema: schema, enforceParameterSchema: false })
  expect((await place.create(deployment, { parameters: { n: 'two' } })).parameters).toEqual({ n: 'two' })
})

test('job variables of pool, deployment and run lie over each other, the environment name by name', async () => {
  await using place = await runPlace()
  await place.pool({ name: 'other', jobVariables: { env: { A: 'pool', B: 'pool' }, image: 'pool' } })
  const deployment = await place.deploy({ workPool: 'other', jobVariables: { env: { B: 'deployment', C: 1 } } })
  const run = await place.create(deployment, { job_variables: { image: 'run', env: { D: null } } })
  expect(run.jobVariables).toEqual({ env: { A: 'pool', B: 'deployment', C: 1, D: null }, image: 'run' })
  const assignment = await claimOne(place, await place.register('other'))
  expect(assignment?.env).toEqual({ A: 'pool', B: 'deployment', C: '1' })
})

test('the same idempotency key gives the first run again and raises nothing', async () => {
  await using place = await runPlace()
  const deployment = await place.deploy()
  const first = await place.create(deployment, { idempotency_key: 'k' })
  const again = await place.create(deployment, { idempotency_key: 'k' })
  expect(again.id).toBe(first.id)
  expect(await place.events()).toHaveLength(1)
})

test('a deleted deployment is not run, and the error says so; a paused one is, since only its schedules stand still', async () => {
  await using place = await runPlace()
  const paused = await place.create(await place.deploy({ paused: true }))
  expect(await claimOne(place, await place.register('local'))).toMatchObject({ run_id: paused.id })
  const deleted = await place.deploy()
  await place.store.transaction((tx) => tx.deployments.remove(place.project, deleted.id))
  await expect(place.create(deleted)).rejects.toMatchObject({ code: 'not_found' })
})

test('a delayed run waits for its time, can be started now, and its claim is woken for it', async () => {
  const clock = manualClock(START)
  await using place = await runPlace({ clock })
  const worker = await place.register('local')
  const signal = new AbortController().signal
  const delayed = await place.create(await place.deploy(), { schedule_after: 60 })
  expect(delayed.scheduledAt).toBe(START + seconds(60))
  expect(await claimOne(place, worker)).toBeNull()

  const waiting = place.runs.claim([worker], { limit: 1, waitSeconds: 20, signal })
  await place.runs.startNow(place.scope, delayed.id)
  expect((await waiting).map(({ run }) => run.run_id)).toEqual([delayed.id])

  const due = await place.create(await place.deploy(), { schedule_after: 10 })
  const woken = place.runs.claim([worker], { limit: 1, waitSeconds: 20, signal })
  await place.store.read.runs.nextScheduled(clock.now())
  clock.advance(seconds(10))
  expect((await woken).map(({ run }) => run.run_id)).toEqual([due.id])
})

test('a run cancelled before it started never reaches a worker, and a retry gives it a new attempt', async () => {
  await using place = await runPlace()
  const worker = await place.register('local')
  const run = await place.create(await place.deploy())
  expect((await place.runs.cancel(place.scope, run.id)).state.name).toBe('Cancelled')
  expect(await claimOne(place, worker)).toBeNull()
  await expect(place.runs.cancel(place.scope, run.id)).rejects.toThrow('has ended: it is Cancelled')

  await place.runs.retry(place.scope, run.id)
  expect(await claimOne(place, worker)).toMatchObject({ run_id: run.id, attempt: 1 })
  await expect(place.runs.retry(place.scope, run.id)).rejects.toThrow('only a run that has ended')
})

test('a run taken by a worker that has not started it is cancelled at once, and the worker may not start it', async () => {
  await using place = await runPlace()
  const worker = await place.register('local')
  const run = await place.create(await place.deploy())
  await claimOne(place, worker)
  expect((await place.runs.cancel(place.scope, run.id)).state.name).toBe('Cancelled')
  const report = place.runs.reportState(worker, run.id, { attempt: 1, type: 'RUNNING' })
  await expect(report).rejects.toThrow(
    `attempt 1 of run ${run.name} is not this worker's any more: the run is Cancelled`,
  )
})

test('a retried run forgets the old result, and reports of the old attempt are refused', async () => {
  await using place = await runPlace()
  const worker = await place.register('local')
  const run = await place.create(await place.deploy())
  await claimOne(place, worker)
  await place.runs.reportState(worker, run.id, { attempt: 1, type: 'RUNNING' })
  await place.runs.reportState(worker, run.id, { attempt: 1, type: 'COMPLETED', result: 5 })
  expect((await place.get(run)).result).toBe(5)

  const again = await place.runs.retry(place.scope, run.id)
  expect(again).toMatchObject({ result: null, ended: null, state: { name: 'AwaitingRetry' } })
  expect(await claimOne(place, worker)).toMatchObject({ attempt: 2 })
  const stale = place.runs.reportState(worker, run.id, { attempt: 1, type: 'FAILED' })
  await expect(stale).rejects.toThrow('the run is at attempt 2')
  const lines = [{ attempt: 1, stream: 'stdout' as const, at: START, text: 'late' }]
  await expect(place.runs.appendLogs(worker, run.id, lines)).rejects.toMatchObject({ code: 'conflict' })
})

test('the same report again changes nothing', async () => {
  await using place = await runPlace()
  const worker = await place.register('local')
  const run = await place.create(await place.deploy({ retries: 1 }))
  await claimOne(place, worker)
  for (const type of ['RUNNING', 'RUNNING', 'FAILED', 'FAILED'] as const) {
    await place.runs.reportState(worker, run.id, { attempt: 1, type })
  }
  expect(await place.states(run)).toEqual(['Scheduled', 'Pending', 'Running', 'AwaitingRetry'])
})

test('the concurrency limit of a deployment shows waiting runs as such and lets the next one start in turn', async () => {
  await using place = await runPlace()
  const worker = await place.register('local')
  const deployment = await place.deploy({ concurrencyLimit: 1 })
  const first = await place.create(deployment)
  const second = await place.create(deployment)
  expect(await claimOne(place, worker)).toMatchObject({ run_id: first.id })
  expect(await claimOne(place, worker)).toBeNull()
  expect((await place.get(second)).state).toMatchObject({ type: 'SCHEDULED', name: 'AwaitingConcurrencySlot' })
  await place.runs.reportState(worker, first.id, { attempt: 1, type: 'RUNNING' })
  await place.runs.reportState(worker, first.id, { attempt: 1, type: 'COMPLETED' })
  expect(await claimOne(place, worker)).toMatchObject({ run_id: second.id })
})

test('with CANCEL_NEW a run that collides is cancelled with the reason', async () => {
  await using place = await runPlace()
  const worker = await place.register('local')
  const deployment = await place.deploy({ concurrencyLimit: 1, collisionStrategy: 'CANCEL_NEW' })
  await place.create(deployment)
  const second = await place.create(deployment)
  await claimOne(place, worker)
  await claimOne(place, worker)
  const { state } = await place.get(second)
  expect(state.name).toBe('Cancelled')
  expect(state.message).toContain('concurrency limit of 1')
})

test('a run whose deployment was deleted meanwhile is cancelled instead of started', async () => {
  await using place = await runPlace()
  const deployment = await place.deploy()
  const run = await place.create(deployment)
  await place.store.transaction((tx) => tx.deployments.remove(place.project, deployment.id))
  expect(await claimOne(place, await place.register('local'))).toBeNull()
  expect((await place.get(run)).state.message).toContain('was deleted before the run started')
})

test('an attempt that never reached its worker is given out again without using up a retry', async () => {
  const clock = manualClock(START)
  await using place = await runPlace({ clock })
  const worker = await place.register('local')
  const run = await place.create(await place.deploy())
  await claimOne(place, worker)
  await place.runs.heartbeat(worker, [])
  expect((await place.get(run)).state.name).toBe('Pending')
  clock.advance(seconds(11))
  await place.runs.heartbeat(worker, [])
  expect((await place.get(run)).state).toMatchObject({ type: 'SCHEDULED', name: 'Scheduled' })
  expect(await claimOne(place, worker)).toMatchObject({ attempt: 2 })
  await expect(place.runs.reportState(worker, run.id, { attempt: 1, type: 'RUNNING' })).rejects.toThrow('attempt 2')
  await place.runs.reportState(worker, run.id, { attempt: 2, type: 'RUNNING' })
  await place.runs.reportState(worker, run.id, { attempt: 2, type: 'FAILED', message: 'no' })
  expect((await place.get(run)).state.name).toBe('Failed')
})

test('a run that is executing cannot be deleted, one that has ended can, with states and logs', async () => {
  await using place = await runPlace()
  const worker = await place.register('local')
  const run = await place.create(await place.deploy())
  await claimOne(place, worker)
  await expect(place.runs.remove(place.scope, run.id)).rejects.toThrow('cancel it first')
  await place.runs.cancel(place.scope, run.id)
  await place.runs.remove(place.scope, run.name)
  expect(await place.store.read.runs.get(run.id)).toBeNull()
  expect(await place.states(run)).toEqual([])
})

test('a run that ended before its cancellation reached it is Cancelled, and says how it had ended', async () => {
  await using place = await runPlace()
  const worker = await place.register('local')
  const run = await place.create(await place.deploy())
  await claimOne(place, worker)
  await place.runs.reportState(worker, run.id, { attempt: 1, type: 'RUNNING' })
  await place.runs.cancel(place.scope, run.id)
  expect(await place.runs.heartbeat(worker, [{ runId: run.id, attempt: 1 }])).toEqual({ cancel: [run.id], lost: [] })
  await place.runs.reportState(worker, run.id, { attempt: 1, type: 'COMPLETED', result: 3 })
  expect(await place.get(run)).toMatchObject({
    result: 3,
    state: { name: 'Cancelled', message: 'had ended as Completed before it could be cancelled' },
  })
})

test('every change a person makes is in the audit', async () => {
  await using place = await runPlace()
  const run = await place.create(await place.deploy(), { schedule_after: 60 })
  await place.runs.startNow(place.scope, run.id)
  await place.runs.cancel(place.scope, run.id)
  await place.runs.retry(place.scope, run.id)
  const rows = await place.store.read.audit.list(place.project, run.id, 10)
  expect(rows.map(({ action }) => action).sort()).toEqual([
    'run.cancelled',
    'run.created',
    'run.retried',
    'run.started-now',
  ])
  expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['tester']))
})
