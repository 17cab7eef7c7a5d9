import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { manualClock } from '../lib/manual-clock.ts'
import { startRecovery } from './recovery.ts'
import { claimOne, quietLog, type RunPlace, runPlace, seconds } from './run-place.test-support.ts'

const START = Date.UTC(2026, 0, 31) * 1_000

const recover = (place: RunPlace) => startRecovery({ ...place, log: quietLog, host: hostname(), pid: process.pid })

/** A run that a worker is executing, as far as the server knows. */
async function runningRun(place: RunPlace, worker: { project: string; id: string }, retries = 0) {
  const run = await place.create(await place.deploy({ retries }))
  await claimOne(place, worker)
  await place.runs.reportState(worker, run.id, { attempt: 1, type: 'RUNNING' })
  return run
}

test('a silent worker is lost after its heartbeats, its run crashes with words and is retried as attempt 2', async () => {
  const clock = manualClock(START)
  await using place = await runPlace({ clock })
  const silent = await place.register('local', 'silent')
  const alive = await place.register('local', 'alive')
  const run = await runningRun(place, silent, 1)
  const once = await runningRun(place, silent)
  const recovery = recover(place)
  await recovery.idle()
  for (let second = 0; second < 12; second += 1) {
    clock.advance(seconds(1))
    await recovery.idle()
    await place.runs.heartbeat(alive, [])
  }
  expect((await place.get(once)).state).toMatchObject({
    name: 'Crashed',
    message: 'worker silent (pid 1 on here) was lost: no heartbeat for 12 s',
  })
  expect(await place.states(run)).toEqual(['Scheduled', 'Pending', 'Running', 'Crashed', 'AwaitingRetry'])
  expect(await claimOne(place, alive)).toMatchObject({ run_id: run.id, attempt: 2 })
  await expect(place.runs.reportState(silent, run.id, { attempt: 1, type: 'COMPLETED' })).rejects.toThrow('attempt 2')
  await expect(place.runs.heartbeat(silent, [])).rejects.toThrow('register again')
  await recovery.stop()
})

test('after a sleep of the whole machine nobody is lost for the time it slept', async () => {
  const clock = manualClock(START)
  await using place = await runPlace({ clock })
  const worker = await place.register('local')
  const run = await runningRun(place, worker)
  const recovery = recover(place)
  await recovery.idle()
  clock.advance(seconds(3_600))
  await recovery.idle()
  await place.runs.heartbeat(worker, [{ runId: run.id, attempt: 1 }])
  clock.advance(seconds(3))
  await recovery.idle()
  expect((await place.get(run)).state.name).toBe('Running')
  await recovery.stop()
})

test('runs of an earlier server are taken back at once, and the processes it left are killed first', async () => {
  await using place = await runPlace()
  const registration = { name: 'embedded', host: 'another-name', pid: 999_999, version: '0', embedded: true }
  const { id } = await place.runs.registerWorker(place.project, 'local', registration)
  const worker = { project: place.project, id }
  const started = await runningRun(place, worker)
  const waiting = await place.create(await place.deploy())
  await claimOne(place, worker)
  const leftover = spawn('sleep', ['60'], {
    env: { PATH: '/usr/bin:/bin', UPON_RUN_ID: started.id, UPON_ATTEMPT: '1' },
  })
  const innocent = spawn('sleep', ['60'], {
    env: { PATH: '/usr/bin:/bin', UPON_RUN_ID: started.id, UPON_ATTEMPT: '2' },
  })
  const ended = once(leftover, 'exit')

  const recovery = startRecovery({
    ...place,
    clock: { ...systemClock, now: () => systemClock.now() + seconds(1) },
    log: quietLog,
    host: hostname(),
    pid: process.pid,
  })
  await recovery.recovered
  expect((await ended)[1]).toBe('SIGKILL')
  const crashed = await place.get(started)
  expect(crashed.state.name).toBe('Crashed')
  expect(crashed.state.message).toContain('ended with the server it was part of; a process it left was killed')
  expect((await place.get(waiting)).state.name).toBe('Scheduled')
  expect(innocent.exitCode).toBeNull()
  innocent.kill('SIGKILL')
  await recovery.stop()
})
