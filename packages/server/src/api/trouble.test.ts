import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SECOND } from '@upon/engine'
import { healthSchema, ingestAnswerSchema, routes } from '@upon/sdk'
import { expect, test } from 'vitest'
import { LAG_MAX_US } from '../decide/decider.ts'
import { APPEND_QUEUE_MAX } from '../ingest/ingest.ts'
import { BODY_BYTES_AT_ONCE_MAX, REQUEST_BYTES_MAX } from './body-limits.ts'
import { openTestApi, type TestApi } from './open-test-api.ts'

const big = (n: number) => ({
  event: 'fills.up',
  resource: { 'prefect.resource.id': `r.${n}` },
  payload: { text: String(n).padEnd(20_000, 'x') },
})

test('a full disk is told as such, keeps nothing of the request and everything before it', async () => {
  await using api = await openTestApi({ pagesMax: 400 })
  const sendFour = (n: number) => api.ask('POST', '/api/v1/events', [big(n), big(n + 1), big(n + 2), big(n + 3)])
  let accepted = 0
  let last = await sendFour(0)
  for (let n = 4; n < 400 && last.status === 200; n += 4) {
    accepted += last.json(ingestAnswerSchema).accepted.length
    last = await sendFour(n)
  }
  expect([last.status, last.problem.code, last.problem.reason]).toEqual([503, 'unavailable', 'disk_full'])
  expect(last.headers.get('retry-after')).not.toBeNull()
  expect((await api.call(routes.countEvents, { query: { event: 'fills.up' } })).total).toBe(accepted)
})

test('while deciding lags too far, events are turned away with the time to come back', async () => {
  let lag = LAG_MAX_US
  await using api = await openTestApi({ replace: ({ decider }) => ({ decider: { ...decider, lag: () => lag } }) })
  expect((await api.ask('POST', '/api/v1/events', big(1))).status).toBe(200)
  lag += SECOND
  const { status, problem, headers } = await api.ask('POST', '/api/v1/events', big(2))
  expect([status, problem.code, headers.get('retry-after')]).toEqual([429, 'overloaded', '5'])
  const ready = await api.ask('GET', '/readyz')
  expect([ready.status, ready.json(healthSchema).ok]).toEqual([503, false])
})

test('while too many events wait to be written, more are turned away', async () => {
  await using api = await openTestApi()
  expect((await sendOne(api)).status).toBe(200)
  const entry = { kind: 'clock', project: 'default', resumed: false } as const
  let release = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const busyWriter = api.store.transaction(() => gate)
  const underWay = api.pipeline.ingest.append([entry])
  await expect.poll(() => api.pipeline.ingest.queued).toBe(0)
  const waiting = api.pipeline.ingest.append(Array(APPEND_QUEUE_MAX).fill(entry))
  const { status, problem, headers } = await sendOne(api)
  expect([status, problem.code, headers.get('retry-after')]).toEqual([429, 'overloaded', '1'])
  release()
  await Promise.all([busyWriter, underWay, waiting])
  expect((await sendOne(api)).status).toBe(200)
})

test('bodies may not fill the memory together, and room comes back', async () => {
  await using api = await openTestApi()
  const opened = Array.from({ length: BODY_BYTES_AT_ONCE_MAX / REQUEST_BYTES_MAX }, () => openBody(api.app))
  const { status, problem } = await sendOne(api)
  expect([status, problem.code]).toEqual([429, 'overloaded'])
  for (const { end } of opened) end()
  for (const { answer } of opened) expect((await answer).status).toBe(200)
  expect((await sendOne(api)).status).toBe(200)
})

test('after the end of ingest nothing is taken and the sender is told to come back', async () => {
  await using api = await openTestApi()
  await api.pipeline.ingest.stop()
  const { status, problem } = await api.ask('POST', '/api/v1/events', big(1))
  expect([status, problem.code]).toEqual([503, 'unavailable'])
})

test('a bug of ours is answered with an id that is in the log, and with nothing else', async () => {
  await using api = await openTestApi({
    replace: () => ({
      info: () => {
        throw new Error('the secret is swordfish')
      },
    }),
  })
  const { status, problem, text } = await api.ask('GET', '/api/v1/info')
  expect([status, problem.code]).toEqual([500, 'internal'])
  expect(text).not.toContain('swordfish')
  expect(api.errors.join('')).toContain(problem.error_id)
  expect(api.errors.join('')).toContain('swordfish')
})

test('the web page is served with its type and can be kept, and nothing beside it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'upon-web-'))
  await mkdir(join(root, 'web', 'assets'), { recursive: true })
  await writeFile(join(root, 'secret.txt'), 'swordfish')
  await writeFile(join(root, 'web', 'index.html'), '<!doctype html><title>Upon</title>')
  await writeFile(join(root, 'web', 'assets', 'app-1a2b.js'), 'export {}')
  await using api = await openTestApi({ webRoot: join(root, 'web') })
  await rm(root, { recursive: true })
  const page = await api.ask('GET', '/')
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const again = await api.ask('GET', '/', undefined, { 'if-none-match': page.headers.get('etag') ?? '' })
  expect([again.status, again.text]).toEqual([304, ''])
  const script = await api.ask('GET', '/assets/app-1a2b.js')
  expect(script.headers.get('cache-control')).toContain('immutable')
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets%2f..%2f..%2fsecret.txt',
  ]) {
    const answer = await api.ask('GET', path)
    expect([answer.status, answer.text.includes('swordfish')]).toEqual([404, false])
  }
})

const sendOne = (api: Pick<TestApi, 'ask'>) => api.ask('POST', '/api/v1/events', { ...big(1), payload: {} })

/** A request whose body comes in chunks without a length; `end` sends it. */
function openBody(app: TestApi['app']) {
  let end = () => {}
  const body = new ReadableStream({
    start(controller) {
      end = () => {
        controller.enqueue(new TextEncoder().encode(JSON.stringify(big(1))))
        controller.close()
      }
    },
  })
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' } as const
  const answer = Promise.resolve(app.request('http://127.0.0.1/api/v1/events', init))
  return { answer, end: () => end() }
}
