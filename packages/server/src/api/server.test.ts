import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { routes } from '@upon/sdk'
import { afterAll, describe, expect, test } from 'vitest'
import { REQUEST_BYTES_MAX } from './body-limits.ts'
import { openTestApi } from './open-test-api.ts'
import { requestText, sendRaw } from './raw-http.ts'
import { accessFor } from './safety.ts'
import { ListenError, startHttp } from './server.ts'

const api = await openTestApi()
const { port, url } = await api.listen()
afterAll(() => api[Symbol.asyncDispose]())

const own = `127.0.0.1:${port}`
const EVENT = JSON.stringify({ event: 'from.afar', resource: { 'prefect.resource.id': 'x' } })
const JSON_TYPE = { 'content-type': 'application/json' }
const post = (headers: Readonly<Record<string, string>>, body = EVENT) =>
  sendRaw(port, requestText('POST', '/api/v1/events', headers, body))
const recorded = async () => (await api.call(routes.countEvents, { query: { event: 'from.afar' } })).total

describe('a real request from elsewhere', () => {
  test('to a name that was pointed at this machine is refused, for reading and for writing', async () => {
    const host = `rebound.evil.example:${port}`
    const read = await sendRaw(port, requestText('GET', '/api/v1/events', { host }))
    const write = await post({ host, ...JSON_TYPE })
    expect([read.status, write.status, await recorded()]).toEqual([403, 403, 0])
    expect(JSON.parse(read.body)).toMatchObject({ code: 'foreign_origin', detail: expect.stringContaining(host) })
  })

  test('from a page of another origin is refused and gets no permission to read', async () => {
    const answer = await post({ host: own, origin: 'https://evil.example', ...JSON_TYPE })
    expect([answer.status, await recorded()]).toEqual([403, 0])
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('that asks first gets no permission either', async () => {
    const headers = {
      host: own,
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    }
    const { status, headers: answered } = await sendRaw(port, requestText('OPTIONS', '/api/v1/events', headers))
    expect([status, answered['access-control-allow-origin']]).toEqual([403, undefined])
  })

  test('as a form, the way pages can send without asking, is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b']) {
      expect((await post({ host: own, 'content-type': type })).status).toBe(415)
    }
    expect((await post({ host: own })).status).toBe(415)
    expect(await recorded()).toBe(0)
  })

  test('to upgrade to a web socket from another origin is refused', async () => {
    const headers = { host: own, origin: 'https://evil.example', upgrade: 'websocket', connection: 'Upgrade, close' }
    expect((await sendRaw(port, requestText('GET', '/api/v1/stream', headers))).status).toBe(403)
  })

  test('with the address of our own in the line and a foreign name in the header is refused', async () => {
    const line = requestText('GET', `http://127.0.0.1:${port}/api/v1/info`, { host: 'evil.example' })
    expect((await sendRaw(port, line)).status).toBe(403)
  })

  test('without any name, or with two, is no request at all', async () => {
    expect((await sendRaw(port, 'GET /api/v1/info HTTP/1.1\r\nconnection: close\r\n\r\n')).status).toBe(400)
    const old = await sendRaw(port, 'GET /api/v1/info HTTP/1.0\r\n\r\n')
    expect(old.status).toBeGreaterThanOrEqual(400)
    expect(old.status).toBeLessThan(500)
    const two = `GET /api/v1/info HTTP/1.1\r\nhost: ${own}\r\nhost: evil.example\r\nconnection: close\r\n\r\n`
    expect((await sendRaw(port, two)).status).toBeLessThan(500)
  })

  test('from this machine is answered, by each of its names', async () => {
    for (const host of [own, `localhost:${port}`, `[::1]:${port}`]) {
      expect((await sendRaw(port, requestText('GET', '/api/v1/info', { host }))).status).toBe(200)
    }
    expect((await post({ host: own, origin: url, ...JSON_TYPE })).status).toBe(200)
  })
})

describe('odd requests are answered in words', () => {
  test('a body that is longer than allowed is refused before it is read', async () => {
    const head = requestText('POST', '/api/v1/events', {
      host: own,
      ...JSON_TYPE,
      'content-length': String(REQUEST_BYTES_MAX + 1),
    })
    const { status, body } = await sendRaw(port, head)
    expect(status).toBe(413)
    expect(JSON.parse(body)).toMatchObject({ bytes_max: REQUEST_BYTES_MAX })
  })

  test('a path that is no path, and parts of one that cannot be decoded', async () => {
    for (const path of ['/api/v1/runs/%zz', '/api/v1/runs/%00', '/%2e%2e/%2e%2e/etc/passwd', '/\\..\\x', '*']) {
      const { status } = await sendRaw(port, requestText('GET', path, { host: own }))
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    }
  })

  test('every answer keeps browsers from guessing its type', async () => {
    for (const path of ['/', '/api/v1/info', '/nothing', '/api/v1/docs', '/metrics']) {
      const { headers } = await sendRaw(port, requestText('GET', path, { host: own }))
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })

  test('a method that a path does not have', async () => {
    const { status, headers } = await sendRaw(port, requestText('DELETE', '/api/v1/events', { host: own }))
    expect([status, headers.allow]).toEqual([405, 'POST, GET'])
  })
})

describe('starting and stopping', () => {
  const app = { fetch: () => new Response('hello') }

  test('a port in use is named, with how to choose another', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const taken = typeof address === 'object' && address !== null ? address.port : 0
    const starting = startHttp({ app, host: '127.0.0.1', port: taken, stopping: new AbortController() })
    await expect(starting).rejects.toThrow(ListenError)
    await expect(starting).rejects.toThrow(`port ${taken} of 127.0.0.1 is in use`)
    await expect(starting).rejects.toThrow(`--port ${taken + 1}`)
    other.close()
  })

  test('a request under way is finished, a stream is ended, and no new one is taken', async () => {
    await using own = await openTestApi()
    const http = await own.listen()
    const stream = await fetch(`${http.url}/api/v1/events/stream`)
    const headers = { host: `127.0.0.1:${http.port}`, ...JSON_TYPE, 'content-length': String(EVENT.length) }
    const { socket, answer } = halfSent(http.port, requestText('POST', '/api/v1/events', headers))
    await once(socket, 'connect')
    const stopped = http.stop()
    expect(await stream.text()).toContain('event: ready')
    socket.write(EVENT)
    expect(await answer).toContain('HTTP/1.1 200')
    await stopped
    await expect(fetch(`${http.url}/api/v1/info`)).rejects.toThrow()
  })
})

describe('with a token', () => {
  test('real requests need it, whatever name they use', async () => {
    await using guarded = await openTestApi({ access: accessFor('127.0.0.1', 'a-long-and-random-token') })
    const http = await guarded.listen()
    const host = 'upon.internal'
    const ask = (headers: Readonly<Record<string, string>>) =>
      sendRaw(http.port, requestText('GET', '/api/v1/info', { host, ...headers }))
    const without = await ask({})
    expect([without.status, without.headers['www-authenticate']]).toEqual([401, 'Bearer'])
    expect((await ask({ authorization: 'Bearer a-long-and-random-token' })).status).toBe(200)
  })
})

test('nothing of all this was a bug of ours', () => {
  expect(api.errors).toEqual([])
})

/** Sends the head of a request and leaves the body to the caller. */
function halfSent(to: number, head: string) {
  const socket = connect(to, '127.0.0.1', () => socket.write(head))
  socket.setEncoding('utf8')
  const answer = new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
  })
  return { socket, answer }
}
