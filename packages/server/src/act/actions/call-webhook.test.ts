import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { openWorld, type World } from '../../test-world.test-support.ts'
import { openSink, statuses } from '../http-sink.test-support.ts'

const LOCAL = { allowOutgoing: ['127.0.0.0/8'] }

async function called(w: World, url: string, extra: object = {}, event: object = {}) {
  await w.automation({ actions: [{ type: 'call-webhook', url, ...extra }] })
  await w.send(event)
  await w.settled()
  const [launch] = await w.launches()
  return { launch, action: launch?.actions[0] }
}

test('a call brings its body, headers and key, and keeps what was answered', async () => {
  await using sink = await openSink((response) => response.setHeader('x-served-by', 'sink').end('thanks'))
  await using w = await openWorld(LOCAL)
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const { action } = await called(
    w,
    `${sink.url}/{{ event.payload.n }}`,
    {
      json: { n: '{{ event.payload.n }}', text: 'n is {{ event.payload.n }}' },
      headers: { 'X-N': '{{ event.payload.n }}' },
    },
    { payload: { n: 41 }, traceparent },
  )
  const [received] = sink.received
  expect(received).toMatchObject({
    method: 'POST',
    path: '/41',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': action?.idempotencyKey,
      traceparent,
      'user-agent': 'upon',
      'x-n': '41',
    },
  })
  expect(JSON.parse(received?.body ?? '')).toEqual({ n: 41, text: 'n is 41' })
  expect(action).toMatchObject({
    state: 'succeeded',
    result: { status_code: 200, response_body: 'thanks', response_headers: { 'x-served-by': 'sink' } },
  })
})

test.each([
  [{ body: 'n={{ event.payload.n }}' }, 'text/plain', 'n=41'],
  [{ payload: '{"n": {{ event.payload.n }}}' }, 'application/json', '{"n": 41}'],
  [{ payload: 'n={{ event.payload.n }}' }, 'text/plain', 'n=41'],
  [{ payload: { n: '{{ event.payload.n }}' } }, 'application/json', '{"n":41}'],
  [{ json: null }, 'application/json', 'null'],
  [{}, undefined, ''],
])('the body of %j is sent as %s', async (extra, type, body) => {
  await using sink = await openSink()
  await using w = await openWorld(LOCAL)
  await called(w, sink.url, extra, { payload: { n: 41 } })
  const [received] = sink.received
  expect([received?.headers['content-type'], received?.body]).toEqual([type, body])
})

test('a GET has no body, and says so where one was given', async () => {
  await using sink = await openSink()
  await using w = await openWorld(LOCAL)
  const { launch } = await called(w, sink.url, { method: 'GET', json: { a: 1 } })
  expect(sink.received).toMatchObject([{ method: 'GET', body: '' }])
  expect(launch?.warnings).toEqual(['method: a GET request has no body, so none was sent'])
})

test('headers of the answer that may carry credentials are not kept', async () => {
  const sensitive = {
    'set-cookie': 'a=1',
    'www-authenticate': 'Basic',
    authorization: 'x',
    'x-api-key': 'x',
    'x-auth-token': 'x',
    'x-client-secret': 'x',
    'x-hub-signature-256': 'x',
  }
  await using sink = await openSink((response) => response.writeHead(200, { ...sensitive, 'x-plain': 'kept' }).end())
  await using w = await openWorld(LOCAL)
  const { action } = await called(w, sink.url)
  const kept = Object.keys(action?.result?.response_headers ?? {})
  expect(kept).toContain('x-plain')
  expect(kept.filter((name) => name in sensitive)).toEqual([])
})

test('of the answer 1,000 characters are kept', async () => {
  await using sink = await openSink((response) => response.end('x'.repeat(5_000)))
  await using w = await openWorld(LOCAL)
  const { action } = await called(w, sink.url)
  expect(action?.result?.response_body).toBe('x'.repeat(1_000))
})

test('a redirect is a final failure that names the place', async () => {
  const redirect = (response: ServerResponse) => response.writeHead(308, { location: 'https://example.com/new' }).end()
  await using sink = await openSink(redirect)
  await using w = await openWorld(LOCAL)
  const { action } = await called(w, sink.url)
  expect(action).toMatchObject({
    state: 'failed',
    attempts: 1,
    error: `Webhook call failed: ${sink.url} answered 308 to https://example.com/new: redirects are not followed, name the final URL`,
  })
})

test.each([400, 404, 429, 500, 503])('an answer of %i is a failure and will be tried again', async (status) => {
  await using sink = await openSink(statuses(status))
  await using w = await openWorld(LOCAL)
  const { action } = await called(w, sink.url)
  expect(action).toMatchObject({
    state: 'retrying',
    error: `Webhook call failed: ${sink.url} answered ${status}`,
    result: { status_code: status },
  })
})

test('a private network is not called, and the launch says what would allow it', async () => {
  await using sink = await openSink()
  await using w = await openWorld()
  const { action } = await called(w, sink.url)
  expect(sink.received).toEqual([])
  expect(action?.state).toBe('failed')
  expect(action?.error).toBe(
    `calling ${sink.url} is not allowed: 127.0.0.1 is a private address. To allow it, start the server with --allow-outgoing <network>, for example 127.0.0.0/8`,
  )
})

test('a call that takes too long is given up and tried again', async () => {
  await using sink = await openSink(() => {})
  await using w = await openWorld(LOCAL)
  const { action } = await called(w, sink.url, { timeout: 0.1 })
  expect(action).toMatchObject({
    state: 'retrying',
    error: `Webhook call failed: ${sink.url}: no answer within 0.1 s`,
  })
})

test('text of an event cannot smuggle in headers or another address', async () => {
  await using sink = await openSink()
  await using w = await openWorld(LOCAL)
  const { action } = await called(
    w,
    sink.url,
    { headers: { 'x-note': '{{ event.payload.note }}' } },
    { payload: { note: 'a\r\nx-evil: 1' } },
  )
  expect(sink.received).toEqual([])
  expect(action).toMatchObject({
    state: 'failed',
    attempts: 1,
    error: 'headers: "x-note": "a\\r\\nx-evil: 1" is not possible as a header',
  })
})

test('a template that cannot be rendered fails with its place, before anything is sent', async () => {
  await using sink = await openSink()
  await using w = await openWorld(LOCAL)
  const { action } = await called(w, sink.url, { json: { list: [{ a: '{{ event.payload.n }}' }] } })
  expect(sink.received).toEqual([])
  expect(action).toMatchObject({
    state: 'failed',
    error: 'Template rendering failed: json.list[0].a: event.payload.n is undefined',
  })
})
