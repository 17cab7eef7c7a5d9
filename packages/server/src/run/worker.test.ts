import { expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { groupGone } from './executor/process-group.ts'
import { runPlace, seconds } from './run-place.test-support.ts'

test('a run is executed: its process gets parameters and a trace, its output and result are kept, its events follow', async () => {
  await using place = await runPlace()
  place.worker()
  const program = `console.log('hello', JSON.parse(process.env.UPON_PARAMETERS).n, process.env.TRACEPARENT.length, process.env.COLOR)`
  const deployment = await place.deploy({
    command: [process.execPath, '-e', program],
    parameters: { n: 1, m: 2 },
    jobVariables: { env: { COLOR: 'green' } },
  })
  const run = await place.create(deployment, { parameters: { n: 41 }, tags: ['mine'] })
  const ended = await place.reaches(run, 'Completed')

  expect(ended.parameters).toEqual({ n: 41, m: 2 })
  expect(ended.attempt).toBe(1)
  expect(ended.started).not.toBeNull()
  expect(ended.ended).not.toBeNull()
  expect(await place.logs(run)).toEqual(['hello 41 55 green'])
  expect(await place.states(run)).toEqual(['Scheduled', 'Pending', 'Running', 'Completed'])

  const events = await place.events()
  expect(events.map((event) => event.event)).toEqual([
    'prefect.flow-run.Scheduled',
    'prefect.flow-run.Pending',
    'prefect.flow-run.Running',
    'prefect.flow-run.Completed',
  ])
  expect(events.map((event) => event.follows)).toEqual([null, events[0]?.id, events[1]?.id, events[2]?.id])
  const last = events[3]
  expect(last?.id).toBe(ended.state.id)
  expect(last?.resource).toMatchObject({
    'prefect.resource.id': `prefect.flow-run.${run.id}`,
    'prefect.resource.name': run.name,
    'prefect.run-count': '1',
    'prefect.state-name': 'Completed',
    'prefect.state-type': 'COMPLETED',
  })
  expect(last?.related.map((related) => [related['prefect.resource.role'], related['prefect.resource.name']])).toEqual([
    ['flow', deployment.flowName],
    ['deployment', 'main'],
    ['work-pool', 'local'],
    ['tag', undefined],
    ['tag', undefined],
    ['tag', undefined],
    ['creator', 'main'],
  ])
  expect(last?.related.filter((related) => related['prefect.resource.role'] === 'tag')).toMatchObject([
    { 'prefect.resource.id': 'prefect.tag.mine' },
    { 'prefect.resource.id': 'prefect.tag.of-deployment' },
    { 'prefect.resource.id': 'prefect.tag.of-flow' },
  ])
  expect(last?.payload).toMatchObject({
    intended: { from: 'RUNNING', to: 'COMPLETED' },
    initial_state: { type: 'RUNNING', name: 'Running' },
    validated_state: { type: 'COMPLETED', name: 'Completed' },
  })
})

test('a run that fails says why, and is tried again as often as its deployment says', async () => {
  await using place = await runPlace()
  place.worker()
  const deployment = await place.deploy({
    command: 'echo attempt $UPON_ATTEMPT; exit $((3 - UPON_ATTEMPT))',
    retries: 2,
  })
  const run = await place.create(deployment)
  const ended = await place.reaches(run, 'Completed')
  expect(ended.attempt).toBe(3)
  expect(await place.logs(run)).toEqual(['attempt 1', 'attempt 2', 'attempt 3'])
  expect(await place.states(run)).toEqual([
    'Scheduled',
    'Pending',
    'Running',
    'AwaitingRetry',
    'Pending',
    'Running',
    'AwaitingRetry',
    'Pending',
    'Running',
    'Completed',
  ])
  const [retry] = (await place.events()).filter((event) => event.event.endsWith('AwaitingRetry'))
  expect(retry?.payload).toMatchObject({ intended: { from: 'RUNNING', to: 'FAILED' } })
})

test('without attempts left a failure is kept with its error', async () => {
  await using place = await runPlace()
  place.worker()
  const run = await place.create(await place.deploy({ command: 'exit 7' }))
  const ended = await place.reaches(run, 'Failed')
  expect(ended.error?.message).toContain('exit code 7')
  expect(ended.state.message).toContain('exit code 7')
})

test('cancelling a running run ends its process group and then says Cancelled', async () => {
  await using place = await runPlace()
  place.worker()
  const run = await place.create(await place.deploy({ command: 'sleep 60 & wait' }))
  await place.reaches(run, 'Running')
  const cancelling = await place.runs.cancel(place.scope, run.id, 'wrong data')
  expect(cancelling.state).toMatchObject({ name: 'Cancelling', message: 'cancelled by tester: wrong data' })
  const ended = await place.reaches(run, 'Cancelled')
  expect(ended.state.message).toContain('SIGTERM')
})

test('a run longer than its timeout is ended as TimedOut', async () => {
  await using place = await runPlace()
  place.worker()
  const run = await place.create(await place.deploy({ command: ['sleep', '60'], timeoutSeconds: 0.2 }))
  const ended = await place.reaches(run, 'TimedOut')
  expect(ended.state).toMatchObject({ type: 'FAILED' })
  expect(ended.error?.message).toContain('timeout of 0.2 s')
})

test('a worker that stops ends its processes, and their runs crash with words', async () => {
  await using place = await runPlace()
  const worker = place.worker({ graceMs: 2_000 })
  const run = await place.create(await place.deploy({ command: ['sleep', '60'] }))
  await place.reaches(run, 'Running')
  await worker.stop()
  const ended = await place.get(run)
  expect(ended.state.name).toBe('Crashed')
  expect(ended.state.message).toContain('the worker was stopped while the run was executing')
})

test('a worker executes no more attempts at a time than it has slots', async () => {
  await using place = await runPlace()
  place.worker({ concurrency: 2 })
  const deployment = await place.deploy({ command: 'echo "start $(date +%s%N)"; sleep 0.15; echo "end $(date +%s%N)"' })
  const runs = await Promise.all(Array.from({ length: 5 }, () => place.create(deployment)))
  for (const run of runs) await place.reaches(run, 'Completed')
  const marks = (await Promise.all(runs.map(place.logs)))
    .flat()
    .map((line) => ({ step: line.startsWith('start') ? 1 : -1, at: BigInt(line.split(' ')[1] ?? '0') }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
  let open = 0
  let most = 0
  for (const { step } of marks) {
    open += step
    most = Math.max(most, open)
  }
  expect(most).toBe(2)
})

test('two workers never start the same attempt', async () => {
  await using place = await runPlace()
  const deployment = await place.deploy({ command: ['sh', '-c', 'echo started'] })
  place.worker()
  place.worker({ registration: { name: 'w2', host: 'here', pid: 1, version: '0', embedded: false } })
  const runs = await Promise.all(Array.from({ length: 40 }, () => place.create(deployment)))
  for (const run of runs) await place.reaches(run, 'Completed')
  const logs = await Promise.all(runs.map(place.logs))
  expect(logs.every((lines) => lines.length === 1)).toBe(true)
  const workers = new Set((await Promise.all(runs.map(place.get))).map((run) => run.workerId))
  expect(workers.size).toBe(2)
})

test('a line longer than a line of the log may be is kept in pieces, and none of it is lost', async () => {
  await using place = await runPlace()
  place.worker()
  const run = await place.create(await place.deploy({ command: "head -c 100000 /dev/zero | tr '\\0' y" }))
  await place.reaches(run, 'Completed')
  expect((await place.logs(run)).join('')).toBe('y'.repeat(100_000))
})

test('a long log is cut with a line that says so', async () => {
  await using place = await runPlace({ logLimits: { linesMax: 10, charsMax: 1_000 } })
  place.worker()
  const run = await place.create(await place.deploy({ command: ['seq', '1', '5000'] }))
  await place.reaches(run, 'Completed')
  const lines = await place.logs(run)
  expect(lines).toHaveLength(11)
  expect(lines.at(-1)).toBe('the log of this attempt is longer than 10 lines or 1000 characters; the rest is cut')
})

test('a process is killed when the server gives its attempt up, and the worker serves on', async () => {
  await using place = await runPlace()
  place.worker()
  const run = await place.create(await place.deploy({ command: 'echo $$; sleep 60' }))
  const { workerId } = await place.reaches(run, 'Running')
  const group = Number(await place.logged(run))
  await place.runs.loseWorker({ project: place.project, id: workerId ?? '' }, 'was lost for this test')
  expect((await place.get(run)).state.name).toBe('Crashed')
  const next = await place.create(await place.deploy())
  const ended = await place.reaches(next, 'Completed')
  expect(ended.workerId).not.toBe(workerId)
  expect(await groupGone(group, systemClock.now() + seconds(10), systemClock)).toBe(true)
  expect((await place.get(run)).state.name).toBe('Crashed')
})
