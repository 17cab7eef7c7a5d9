import type { lookup } from 'node:dns'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openSink } from './http-sink.test-support.ts'
import { createOutgoingHttp, type OutgoingRequest } from './outgoing-http.ts'

const LOCAL = { allow: ['127.0.0.0/8'] }

const post = (url: string, extra: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  url,
  method: 'POST',
  headers: {},
  body: 'hello',
  timeoutMs: 5_000,
  ...extra,
})

/** A resolver that knows these names only. */
function resolver(names: Readonly<Record<string, readonly string[]>>): typeof lookup {
  const found = (name: string, _options: unknown, callback: (...answer: unknown[]) => void) =>
    queueMicrotask(() => {
      const addresses = (names[name] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      if (addresses.length > 0) callback(null, addresses)
      else callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), [])
    })
  return found as unknown as typeof lookup
}

test.each([
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f.1',
  '0x7f000001',
  '0177.0.0.1',
  '0',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '10.1.2.3',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '192.168.1.1',
  '224.0.0.1',
  '255.255.255.255',
  '[fe80::1]',
  '[fd00::1]',
  '[ff02::1]',
  'localhost',
])('%s is not called unless it is allowed', async (host) => {
  await using sink = await openSink()
  await using http = createOutgoingHttp({ allow: [] })
  const sent = http.send(post(`http://${host}:${sink.port}/`))
  await expect(sent).rejects.toMatchObject({
    retryable: false,
    message: expect.stringMatching(/is not allowed: .*--allow-outgoing/),
  })
  expect(sink.received).toEqual([])
})

test('a name that leads inward is refused, also when only one of its addresses does', async () => {
  await using sink = await openSink()
  const names = { 'inside.example': ['127.0.0.1'], 'mixed.example': ['203.0.113.7', '10.0.0.1'] }
  await using http = createOutgoingHttp({ allow: [], lookup: resolver(names) })
  await expect(http.send(post(`http://inside.example:${sink.port}/`))).rejects.toThrow(
    `calling http://inside.example:${sink.port} is not allowed: inside.example is 127.0.0.1`,
  )
  await expect(http.send(post('http://mixed.example/'))).rejects.toThrow('mixed.example is 10.0.0.1')
  expect(sink.received).toEqual([])
})

test('a name that nobody knows is a failure to try again', async () => {
  await using http = createOutgoingHttp({ allow: [], lookup: resolver({}) })
  await expect(http.send(post('http://nowhere.example/'))).rejects.toMatchObject({
    retryable: true,
    message: 'Webhook call failed: http://nowhere.example: getaddrinfo ENOTFOUND nowhere.example',
  })
})

test.each(['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', 'inside.example'])(
  'an allowed network is called by any name of it: %s',
  async (host) => {
    await using sink = await openSink((response) => response.end('welcome'))
    await using http = createOutgoingHttp({ ...LOCAL, lookup: resolver({ 'inside.example': ['127.0.0.1'] }) })
    const answer = await http.send(post(`http://${host}:${sink.port}/path?q=1`))
    expect([answer.status, answer.body]).toEqual([200, 'welcome'])
    expect(sink.received).toMatchObject([{ method: 'POST', path: '/path?q=1', body: 'hello' }])
  },
)

test('allowing one address allows no other', async () => {
  await using sink = await openSink()
  await using http = createOutgoingHttp({ allow: ['127.0.0.1'] })
  await expect(http.send(post(`http://127.0.0.1:${sink.port}/`))).resolves.toMatchObject({ status: 200 })
  await expect(http.send(post(`http://127.0.0.2:${sink.port}/`))).rejects.toThrow('is not allowed')
})

test('an address on the open internet passes the guard', async () => {
  await using http = createOutgoingHttp({ allow: [], lookup: resolver({ 'public.example': ['203.0.113.7'] }) })
  // A test network nobody routes to: what matters is that the guard is not what stops the call.
  const outcome = await http.send(post('http://public.example/', { timeoutMs: 100 })).catch(String)
  expect(outcome).not.toContain('is not allowed')
})

test.each(['10.0.0.0/', '10.0.0.0/33', '::1/129', 'localhost', '10.0.0.0/8/8', ''])(
  'the network %j cannot be allowed, since it is none',
  (network) => {
    expect(() => createOutgoingHttp({ allow: [network] })).toThrow(`"${network}" is not a network such as 10.0.0.0/8`)
  },
)

test.each(['ftp://example.com/', 'file:///etc/passwd', 'example.com', '/path', ''])(
  '%j is not a URL to call',
  async (url) => {
    await using http = createOutgoingHttp(LOCAL)
    await expect(http.send(post(url))).rejects.toThrow(`"${url}" is not an http or https URL`)
  },
)

test('an answer that does not come, and one that does not end, are given up after the timeout', async () => {
  await using silent = await openSink(() => {})
  await using dripping = await openSink(async (response) => {
    while (!response.destroyed) {
      response.write('drip')
      await setTimeout(20)
    }
  })
  await using http = createOutgoingHttp(LOCAL)
  for (const { url } of [silent, dripping]) {
    await expect(http.send(post(url, { timeoutMs: 200 }))).rejects.toMatchObject({
      retryable: true,
      message: `Webhook call failed: ${url}: no answer within 0.2 s`,
    })
  }
})

test('of a huge answer only the beginning is read', async () => {
  let written = 0
  await using sink = await openSink((response) => {
    const chunk = 'x'.repeat(64 * 1024)
    const more = () => {
      while (written < 1_000 && !response.destroyed) {
        written += 1
        if (!response.write(chunk)) return
      }
    }
    response.on('drain', more)
    more()
  })
  await using http = createOutgoingHttp(LOCAL)
  const { body } = await http.send(post(sink.url))
  expect(body).toHaveLength(64 * 1024)
  expect(written).toBeLessThan(500)
})

test('a redirect is an answer like any other: it is not followed', async () => {
  await using target = await openSink()
  await using sink = await openSink((response) => response.writeHead(302, { location: target.url }).end())
  await using http = createOutgoingHttp(LOCAL)
  await expect(http.send(post(sink.url))).resolves.toMatchObject({ status: 302 })
  expect(target.received).toEqual([])
})

test('proxies of the environment are not used', async () => {
  await using proxy = await openSink()
  await using sink = await openSink()
  const proxies = { HTTP_PROXY: proxy.url, http_proxy: proxy.url, NODE_USE_ENV_PROXY: '1' }
  const before = Object.keys(proxies).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, proxies)
  try {
    await using http = createOutgoingHttp(LOCAL)
    await http.send(post(sink.url))
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
  expect([proxy.received.length, sink.received.length]).toEqual([0, 1])
})

test('a refused connection says so, whatever the number of addresses', async () => {
  const sink = await openSink()
  await sink[Symbol.asyncDispose]()
  await using http = createOutgoingHttp({
    allow: ['127.0.0.0/8', '::1'],
    lookup: resolver({ 'twice.example': ['127.0.0.1', '127.0.0.2'] }),
  })
  await expect(http.send(post(`http://twice.example:${sink.port}/`))).rejects.toMatchObject({
    retryable: true,
    message: expect.stringMatching(/twice\.example:\d+: .*ECONNREFUSED 127\.0\.0\.1/),
  })
})
