import { createClient, type RunInput, routes } from '@upon/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApi } from './open-test-api.ts'

const api = await openTestApi()
const http = await api.listen()
const client = createClient({ url: http.url })
afterAll(() => api[Symbol.asyncDispose]())

const TRAIN = '/api/v1/deployments/train%2Fdaily/runs'
const registration = { name: 'w1', host: 'here', pid: 1, version: '0' }
let worker = ''

beforeAll(async () => {
  const daily = { name: 'daily', flow_name: 'train', command: 'true', work_pool: 'cpu', parameters: { rate: 0.1 } }
  await api.call(routes.deploy, { body: { deployments: [daily] } })
  worker = (await api.call(routes.registerWorker, { params: { pool: 'cpu' }, body: registration })).id
})

const make = async (body: RunInput = {}) => {
  const { status, body: run } = await api.request(routes.createRun, { params: { deployment: 'train/daily' }, body })
  return { status, ...run }
}
const claim = async (wait_seconds = 0) =>
  (await api.call(routes.claimRuns, { params: { worker }, body: { wait_seconds } })).runs
const report = (run: string, body: object) => api.ask('POST', `/api/v1/workers/${worker}/runs/${run}/state`, body)
const finish = async (run: string, attempt = 1) => {
  for (const type of ['RUNNING', 'COMPLETED']) expect((await report(run, { attempt, type })).status).toBe(204)
}
const print = (run: string, ...texts: string[]) =>
  api.ask('POST', `/api/v1/workers/${worker}/runs/${run}/logs`, {
    attempt: 1,
    lines: texts.map((text) => ({ stream: 'stdout', at: '2026-03-01T10:00:00Z', text })),
  })

describe('a run', () => {
  test('is made, given to a worker, started and completed, and its states say so', async () => {
    const { status, id, state } = await make({ parameters: { n: 1 } })
    expect([status, state.type]).toEqual([201, 'SCHEDULED'])
    const [assignment] = await claim()
    expect(assignment).toMatchObject({ run_id: id, attempt: 1, parameters: { rate: 0.1, n: 1 } })
    expect((await report(id, { attempt: 1, type: 'RUNNING' })).status).toBe(204)
    expect((await print(id, 'one', 'two')).status).toBe(204)
    expect((await report(id, { attempt: 1, type: 'COMPLETED', result: { ok: true } })).status).toBe(204)
    const params = { run: id }
    expect(await api.call(routes.getRun, { params })).toMatchObject({
      state: { type: 'COMPLETED' },
      worker: 'w1',
      result: { ok: true },
      created_by: 'local',
    })
    const states = await api.call(routes.listRunStates, { params })
    expect(states.items.map(({ type }) => type)).toEqual(['SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED'])
    const logs = await api.call(routes.listRunLogs, { params, query: { stream: 'stdout' } })
    expect(logs.items.map(({ text }) => text)).toEqual(['one', 'two'])
    expect((await api.call(routes.listRunLogs, { params, query: { attempt: 2 } })).items).toEqual([])
  })

  test('is made once for an idempotency key', async () => {
    const first = await make({ idempotency_key: 'once' })
    const again = await make({ idempotency_key: 'once' })
    expect([first.status, again.status, again.id]).toEqual([201, 200, first.id])
    await api.ask('POST', `/api/v1/runs/${first.id}/cancel`)
  })

  test('that is delayed is listed with its start, and can be started now or cancelled', async () => {
    const { id: run, scheduled_at, created } = await make({ schedule_after: '1h' })
    expect(Date.parse(scheduled_at) - Date.parse(created)).toBe(3_600_000)
    const query = { state: 'SCHEDULED', deployment: 'train/daily' }
    const { items } = await api.call(routes.listRuns, { query })
    expect(items.map(({ id }) => id)).toContain(run)
    expect((await api.ask('POST', `/api/v1/runs/${run}/start-now`)).status).toBe(200)
    const { state } = await api.call(routes.cancelRun, { params: { run }, body: { message: 'no need' } })
    expect([state.name, state.message]).toEqual(['Cancelled', expect.stringContaining('no need')])
    expect((await api.ask('POST', `/api/v1/runs/${run}/cancel`, '')).status).toBe(409)
    expect((await api.ask('DELETE', `/api/v1/runs/${run}`)).status).toBe(204)
    expect((await api.ask('GET', `/api/v1/runs/${run}`)).status).toBe(404)
  })

  test('cannot start at two times, or at none that exists', async () => {
    const both = await api.ask('POST', TRAIN, { schedule_after: 5, scheduled_at: '2026-01-01T00:00:00Z' })
    const never = await api.ask('POST', TRAIN, { scheduled_at: '9999-01-01T00:00:00Z' })
    expect([both.status, never.status, never.problem.problems?.[0]?.path]).toEqual([422, 422, 'scheduled_at'])
  })

  test('is counted by state, and found by type or name of its state', async () => {
    expect((await api.call(routes.countRuns)).by_state).toEqual({ COMPLETED: 1, CANCELLED: 1 })
    const either = await api.call(routes.listRuns, { query: { state: ['COMPLETED', 'Cancelled'] } })
    expect(either.items).toHaveLength(2)
  })

  test('that ended can be retried as a new attempt', async () => {
    const { items } = await api.call(routes.listRuns, { query: { state: 'COMPLETED' } })
    const id = items[0]?.id ?? ''
    expect((await api.call(routes.retryRun, { params: { run: id } })).state.name).toBe('AwaitingRetry')
    expect((await claim())[0]).toMatchObject({ run_id: id, attempt: 2 })
    const stale = await report(id, { attempt: 1, type: 'FAILED' })
    expect([stale.status, stale.problem.detail]).toEqual([
      409,
      expect.stringContaining("is not this worker's any more"),
    ])
    const early = await report(id, { attempt: 2, type: 'COMPLETED' })
    expect([early.status, early.problem.detail]).toEqual([409, expect.stringContaining('report RUNNING first')])
    await finish(id, 2)
  })
})

describe('a worker', () => {
  test('waits for a run as long as it asked, and gets it at once when there is one', async () => {
    const waiting = claim(20)
    const { id } = await make()
    const [assignment] = await waiting
    expect(assignment?.run_id).toBe(id)
    await finish(id)
  })

  test('that leaves while it waits is given nothing', async () => {
    const leave = new AbortController()
    const asked = client.call(
      routes.claimRuns,
      { params: { worker }, body: { wait_seconds: 20 } },
      { signal: leave.signal },
    )
    await expect.poll(claimsUnderWay).toBe(1)
    leave.abort()
    await expect(asked).rejects.toThrow()
    await expect.poll(claimsUnderWay).toBe(0)
    const { id } = await make()
    const [assignment] = await claim(5)
    expect(assignment?.run_id).toBe(id)
    await finish(id)
  })

  test('is told what to stop, and is listed with what it runs', async () => {
    const { id } = await make()
    await claim()
    await report(id, { attempt: 1, type: 'RUNNING' })
    const { items } = await api.call(routes.listWorkers, { query: { status: 'online', pool: 'cpu' } })
    expect(items).toMatchObject([{ name: 'w1', status: 'online', running: 1 }])
    await api.ask('POST', `/api/v1/runs/${id}/cancel`)
    const body = { running: [{ run_id: id, attempt: 1 }] }
    expect(await api.call(routes.heartbeat, { params: { worker }, body })).toEqual({ cancel: [id], lost: [] })
    await report(id, { attempt: 1, type: 'CANCELLED' })
  })

  test('that is unknown, or asks a pool that is not there, is told so', async () => {
    const unknown = '018f3b1e-7c1a-7000-8000-000000000000'
    expect((await api.ask('POST', `/api/v1/workers/${unknown}/claim`, {})).status).toBe(404)
    expect((await api.ask('POST', '/api/v1/work-pools/nowhere/workers', registration)).status).toBe(404)
  })
})

test('the log stream follows a run to its end', async () => {
  const made = await make()
  await claim()
  await report(made.id, { attempt: 1, type: 'RUNNING' })
  await print(made.id, 'before')
  const onReady = () =>
    void print(made.id, 'after', 'last').then(() => report(made.id, { attempt: 1, type: 'COMPLETED' }))
  const lines: string[] = []
  for await (const line of client.stream(routes.streamRunLogs, { params: { run: made.id } }, { onReady })) {
    lines.push(line.text)
  }
  expect(lines).toEqual(['before', 'after', 'last'])
})

test('a worker that stops says so once', async () => {
  expect((await api.ask('POST', `/api/v1/workers/${worker}/stop`)).status).toBe(204)
  expect((await api.ask('POST', `/api/v1/workers/${worker}/claim`, {})).status).toBe(409)
})

test('nothing of all this was a bug of ours', () => {
  expect(api.errors).toEqual([])
})

/** How many claims the server is answering. */
async function claimsUnderWay(): Promise<number> {
  const { text } = await api.ask('GET', '/metrics')
  return Number(/^upon_http_requests_in_flight\{route="claimRuns"\} (\d+)$/m.exec(text)?.[1] ?? 0)
}
