import { createClient, type Event, type FeedMessage, routes } from '@upon/sdk'
import { afterAll, describe, expect, test } from 'vitest'
import { openTestApi } from './open-test-api.ts'
import { STREAMS_MAX } from './streams.ts'

const api = await openTestApi()
const http = await api.listen()
const client = createClient({ url: http.url })
afterAll(() => api[Symbol.asyncDispose]())

const send = (name: string, numbers: readonly number[]) =>
  client.call(routes.sendEvents, {
    body: numbers.map((n) => ({ event: name, resource: { 'prefect.resource.id': `r.${n}` }, payload: { n } })),
  })
const numberOf = ({ payload }: Event) => Number(payload.n)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)

describe('the stream of events', () => {
  test('goes from the past into the present without a gap and without a repetition', async () => {
    const first = await send('seamless', range(1, 300))
    const start = (first.accepted[0]?.position ?? 0) - 1
    const seen: number[] = []
    let sent = 300
    const stream = client.stream(routes.streamEvents, { query: { event: ['seamless'], after_position: start } })
    const sending = (async () => {
      for (; sent < 900; sent += 20) await send('seamless', range(sent + 1, sent + 20))
    })()
    for await (const event of stream) {
      seen.push(numberOf(event))
      if (seen.length === 900) break
    }
    await sending
    expect(seen).toEqual(range(1, 900))
  })

  test('shows only what is sent from now on where nothing is said, and only what was asked for', async () => {
    await send('live', [1])
    const seen: string[] = []
    const stop = new AbortController()
    const onReady = () => void send('other', [2]).then(() => send('live.x', [3]))
    const stream = client.stream(routes.streamEvents, { query: { event: ['live*'] } }, { onReady, signal: stop.signal })
    for await (const event of stream) {
      seen.push(`${event.event} ${numberOf(event)}`)
      break
    }
    expect(seen).toEqual(['live.x 3'])
  })

  test('gives up its place when the client leaves', async () => {
    const before = api.deps.feed.subscribers
    const stop = new AbortController()
    const stream = client.stream(routes.streamEvents, {}, { signal: stop.signal, onReady: () => stop.abort() })
    for await (const _ of stream) throw new Error('nothing was sent')
    await expect.poll(() => api.deps.feed.subscribers).toBe(before)
  })

  test('is refused in words when too many are open', async () => {
    const opened: Response[] = []
    for (let at = 0; at < STREAMS_MAX; at += 1) opened.push(await api.app.request('http://127.0.0.1/api/v1/stream'))
    const { status, problem } = await api.ask('GET', '/api/v1/stream')
    expect([status, problem.detail]).toEqual([503, expect.stringContaining(`at most ${STREAMS_MAX}`)])
    for (const { body } of opened) await body?.cancel()
    expect((await api.app.request('http://127.0.0.1/api/v1/stream')).status).toBe(200)
  })
})

test('the live feed shows an event, then what it launched, as things are', async () => {
  await client.call(routes.createAutomation, {
    body: {
      key: 'watch-feed',
      trigger: { type: 'event', expect: ['feed.me'], match: { 'prefect.resource.id': 'r.*' } },
      actions: [{ type: 'do-nothing' }],
    },
  })
  const kinds: string[] = []
  const onReady = () => void send('feed.me', [1])
  for await (const message of client.stream(routes.streamFeed, {}, { onReady })) {
    expect(routes.streamFeed.stream.safeParse(message).success).toBe(true)
    kinds.push(describeMessage(message))
    if (message.kind === 'launch' && message.launch.state === 'succeeded') break
  }
  expect(kinds[0]).toBe('event feed.me')
  expect(kinds.at(-1)).toBe('launch watch-feed succeeded')
})

test('nothing of all this was a bug of ours', () => {
  expect(api.errors).toEqual([])
})

function describeMessage(message: FeedMessage): string {
  if (message.kind === 'event') return `event ${message.event.event}`
  if (message.kind === 'launch') return `launch ${message.launch.automation.key} ${message.launch.state}`
  return message.kind
}
