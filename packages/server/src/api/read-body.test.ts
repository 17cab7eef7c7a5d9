import { afterAll, expect, test } from 'vitest'
import { REQUEST_BYTES_MAX } from './body-limits.ts'
import { openTestApi } from './open-test-api.ts'

const api = await openTestApi()
const { url } = await api.listen()
afterAll(() => api[Symbol.asyncDispose]())

const send = (init: RequestInit) =>
  fetch(`${url}/api/v1/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, ...init })

test.each([REQUEST_BYTES_MAX + 1, 2 * REQUEST_BYTES_MAX])(
  'the sender of a body of %i bytes reads that it is too large, not that the connection broke',
  async (bytes) => {
    const answer = await send({ body: Buffer.alloc(bytes, ' ') })
    expect([answer.status, await answer.json()]).toMatchObject([
      413,
      { code: 'too_large', bytes_max: REQUEST_BYTES_MAX },
    ])
  },
)

test('so does a sender that does not say how much will come', async () => {
  let left = 3
  const body = new ReadableStream({
    pull(controller) {
      if (left === 0) controller.close()
      else controller.enqueue(Buffer.alloc(REQUEST_BYTES_MAX / 2, ' '))
      left -= 1
    },
  })
  expect((await send({ body, duplex: 'half' })).status).toBe(413)
})

test('a compressed body is refused as such', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  const answer = await api.ask('POST', '/api/v1/events', 'x', headers)
  expect([answer.status, answer.problem.detail]).toEqual([
    415,
    'the content encoding is gzip; send the body without one',
  ])
})

test('a DELETE needs no content type, a POST does', async () => {
  await api.ask('POST', '/api/v1/variables', { name: 'gone', value: 1 })
  const removed = await api.app.request('/api/v1/variables/gone', { method: 'DELETE', headers: { host: '127.0.0.1' } })
  expect(removed.status).toBe(204)
  const posted = await api.app.request('/api/v1/events', { method: 'POST', headers: { host: '127.0.0.1' } })
  expect(posted.status).toBe(415)
})
