import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { DAY } from '@upon/engine'
import { type Client, createClient, type Run, routes } from '@upon/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Clock, systemClock } from '../lib/clock.ts'
import { type RunningServer, startServer } from '../main.ts'
import { groupGone } from './executor/process-group.ts'
import { quietLog, seconds } from './run-place.test-support.ts'

const BIN = fileURLToPath(new URL('../../bin/upon.js', import.meta.url))

let root: string
let server: RunningServer
let client: Client
let speed: ReturnType<typeof hastyClock>
const workers: ChildProcess[] = []

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'upon-http-worker-'))
  speed = hastyClock()
  server = await startServer({
    directory: join(root, 'data'),
    host: '127.0.0.1',
    port: 0,
    token: null,
    allowOutgoing: [],
    worker: false,
    retention: { events: 7 * DAY, launches: 730 * DAY },
    processEnv: {},
    workDirectory: root,
    webRoot: root,
    clock: speed.clock,
    log: quietLog,
  })
  client = createClient({ url: server.url })
  await client.call(routes.createWorkPool, { body: { name: 'local', type: 'process' } })
})

afterEach(async () => {
  for (const worker of workers.splice(0)) worker.kill('SIGKILL')
  await server.stop()
  rmSync(root, { recursive: true, force: true })
})

/** The system's clock until it is told to run faster. */
function hastyClock() {
  let factor = 1
  let setAt = systemClock.now()
  let shownAt = setAt
  const now = () => shownAt + Math.round((systemClock.now() - setAt) * factor)
  const clock: Clock = {
    now,
    at: (at, run) => systemClock.at(systemClock.now() + Math.max(0, at - now()) / factor, run),
  }
  return {
    clock,
    set(next: number) {
      shownAt = now()
      setAt = systemClock.now()
      factor = next
    },
  }
}

/** `upon worker start` in a process of its own; resolves when it serves the pool. */
async function startWorkerProcess(): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [BIN, 'worker', 'start', '--pool', 'local'], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', UPON_URL: server.url, TMPDIR: root },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  workers.push(worker)
  await once(createInterface({ input: worker.stdout }), 'line')
  return worker
}

async function start(deployment: { command: string; retries?: number }): Promise<Run> {
  const body = { flow_name: 'far', name: 'main', work_pool: 'local', ...deployment }
  await client.call(routes.putDeployment, { body })
  return client.call(routes.createRun, { params: { deployment: 'far/main' }, body: {} })
}

/** The run once it is in this state. */
function reaches(run: Run, state: string, attempt = 1): Promise<Run> {
  const look = async () => {
    const now = await client.call(routes.getRun, { params: { run: run.id } })
    expect([now.state.name, now.attempt]).toEqual([state, attempt])
    return now
  }
  return vi.waitFor(look, { timeout: 25_000, interval: 25 })
}

async function firstLine(run: Run): Promise<string> {
  for await (const line of client.stream(routes.streamRunLogs, { params: { run: run.id } })) return line.text
  throw new Error(`run ${run.name} printed nothing`)
}

test('a worker in its own process executes runs over HTTP and stops without leaving one behind', async () => {
  const worker = await startWorkerProcess()
  const done = await reaches(await start({ command: 'echo "$UPON_DEPLOYMENT"' }), 'Completed')
  const logs = await client.call(routes.listRunLogs, { params: { run: done.id } })
  expect(logs.items.map(({ text }) => text)).toEqual(['far/main'])

  const long = await start({ command: 'echo $$; sleep 60' })
  const group = Number(await firstLine(long))
  worker.kill('SIGTERM')
  await once(worker, 'exit')
  const crashed = await reaches(long, 'Crashed')
  expect(crashed.state.message).toContain('the worker was stopped while the run was executing')
  expect(await groupGone(group, systemClock.now() + seconds(5), systemClock)).toBe(true)
})

test('a worker that is killed is lost, its run crashes and starts again as attempt 2, after what it left is gone', async () => {
  const killed = await startWorkerProcess()
  const run = await start({ command: 'echo $$; test $UPON_ATTEMPT = 2 || sleep 60', retries: 1 })
  const group = Number(await firstLine(run))
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  speed.set(20)
  await reaches(run, 'AwaitingRetry')
  speed.set(1)
  await startWorkerProcess()
  await reaches(run, 'Completed', 2)
  expect(await groupGone(group, systemClock.now() + seconds(5), systemClock)).toBe(true)
  const { items } = await client.call(routes.listRunStates, { params: { run: run.id } })
  expect(items.map(({ name }) => name)).toEqual([
    'Scheduled',
    'Pending',
    'Running',
    'Crashed',
    'AwaitingRetry',
    'Pending',
    'Running',
    'Completed',
  ])
  expect(items[3]?.message).toMatch(/^worker \S+ \(pid \d+ on \S+\) was lost: no heartbeat for \d+ s$/)
}, 60_000)
