import { EVENT_BYTES_MAX } from '@upon/engine'
import { EVENTS_PER_REQUEST_MAX, type Event, eventCountSchema, ingestAnswerSchema, type Page, routes } from '@upon/sdk'
import { afterAll, describe, expect, test } from 'vitest'
import { REQUEST_BYTES_MAX } from './body-limits.ts'
import { openTestApi } from './open-test-api.ts'

const api = await openTestApi()
afterAll(() => api[Symbol.asyncDispose]())

const event = (n = 1, more: Readonly<Record<string, unknown>> = {}) => ({
  event: 'order.placed',
  resource: { 'prefect.resource.id': `order.${n}` },
  payload: { n },
  ...more,
})
const send = (body: unknown, path = '/api/v1/events', headers = {}) => api.ask('POST', path, body, headers)
/** What became of events of which one at least is recorded. */
const sent = async (...args: Parameters<typeof send>) => {
  const answer = await send(...args)
  return { status: answer.status, ...answer.json(ingestAnswerSchema) }
}
const count = async (event?: string) =>
  (await api.call(routes.countEvents, { query: event === undefined ? {} : { event } })).total
const NDJSON = { 'content-type': 'application/x-ndjson' }
const ID = '018f3b1e-7c1a-7000-8000-00000000000'

describe('sending events', () => {
  test('one event is recorded before the answer, with a new id', async () => {
    const { status, accepted, rejected } = await sent(event())
    expect([status, accepted.length, rejected]).toEqual([200, 1, []])
    const { id = '', position } = accepted[0] ?? {}
    const read = await api.call(routes.getEvent, { params: { event: id } })
    expect(read).toMatchObject({ id, position, event: 'order.placed', payload: { n: 1 }, source: 'api', depth: 0 })
  })

  test('in an array each event stands alone', async () => {
    const { status, accepted, rejected } = await sent([event(), { ...event(), recource: {} }, event(3), 'text'])
    expect(status).toBe(200)
    expect(accepted.map(({ index }) => index)).toEqual([0, 2])
    expect(rejected.map(({ index }) => index)).toEqual([1, 3])
    expect(rejected[0]?.problem).toMatchObject({
      status: 422,
      code: 'invalid_request',
      problems: [{ path: 'recource', suggestion: 'resource' }],
    })
  })

  test('lines stand alone too, and a broken one is named by its number', async () => {
    const body = `${JSON.stringify(event())}\n\n{"event": nope}\r\n${JSON.stringify(event(4))}\n`
    const { status, accepted, rejected } = await sent(body, undefined, NDJSON)
    expect([status, accepted.length]).toEqual([200, 2])
    expect(rejected[0]).toMatchObject({
      index: 1,
      problem: {
        status: 400,
        line: 3,
        detail: 'line 3 is not JSON: column 11: expected a value, found "nope"',
      },
    })
  })

  test('the same id and content again is a duplicate with the first position', async () => {
    const first = await sent(event(7, { id: `${ID}7` }))
    const again = await sent([event(7, { id: `${ID}7` }), event(8)])
    expect(again.duplicates).toEqual([{ index: 0, id: `${ID}7`, position: first.accepted[0]?.position }])
    expect(again.accepted).toHaveLength(1)
  })

  test('the same id with other content is refused and says where the first is', async () => {
    await send(event(1, { id: `${ID}1` }))
    const { status, problem } = await send(event(2, { id: `${ID}1` }))
    expect([status, problem.code]).toEqual([409, 'id_conflict'])
    expect(problem.detail).toContain(`an event with the id ${ID}1 and other content was recorded before, at position`)
  })

  test('where none is accepted the answer is the refusal, with every problem', async () => {
    const { status, problem, headers } = await send({ event: 'x', resource: {} })
    expect([status, headers.get('content-type')]).toEqual([422, 'application/problem+json'])
    expect(problem.problems?.[0]?.message).toContain('Resources must include the prefect.resource.id label')
    expect(problem.rejected).toHaveLength(1)
  })

  test('an empty list is refused', async () => {
    expect((await send([])).problem.detail).toBe('the body holds no event')
  })

  test('atomic keeps all out when one is refused, for its content or for its id', async () => {
    await send(event(5, { id: `${ID}5` }))
    const before = await count()
    const wrong = await send([event(), { event: '' }], '/api/v1/events?atomic=true')
    const conflict = await send([event(), event(6, { id: `${ID}5` })], '/api/v1/events?atomic=true')
    expect([wrong.status, conflict.status, conflict.problem.code]).toEqual([422, 409, 'id_conflict'])
    expect([conflict.problem.accepted, conflict.problem.detail]).toEqual([
      [],
      expect.stringContaining('nothing was recorded'),
    ])
    expect(await count()).toBe(before)
  })

  test('names under upon. are not for outsiders', async () => {
    const { status, problem } = await send({ ...event(), event: 'upon.launch.finished' })
    expect([status, problem.problems?.[0]?.path]).toEqual([422, 'event'])
  })
})

describe('limits', () => {
  const big = (bytes: number) => {
    const empty = JSON.stringify(event(1, { payload: { text: '' } }))
    return event(1, { payload: { text: 'x'.repeat(bytes - empty.length) } })
  }

  test('an event may have the largest size and not a byte more', async () => {
    expect((await send(big(EVENT_BYTES_MAX))).status).toBe(200)
    const { status, problem } = await send(big(EVENT_BYTES_MAX + 1))
    expect([status, problem.code, problem.detail]).toEqual([
      413,
      'too_large',
      expect.stringContaining('at most 1500000'),
    ])
  })

  test('an oversize event in an array is refused alone', async () => {
    const { status, accepted, rejected } = await sent([event(), big(EVENT_BYTES_MAX + 1)])
    expect([status, accepted.length, rejected[0]?.problem.status]).toEqual([200, 1, 413])
  })

  test('a body beyond the limit is refused whether or not it says its length', async () => {
    const body = 'x'.repeat(REQUEST_BYTES_MAX + 1)
    const told = await send(body, undefined, { 'content-length': String(body.length) })
    expect([told.status, (await send(body)).status]).toEqual([413, 413])
  })

  test('a request holds a limited number of events', async () => {
    const { status, problem } = await send(`[0${',0'.repeat(EVENTS_PER_REQUEST_MAX)}]`)
    expect([status, problem.events_max]).toEqual([413, EVENTS_PER_REQUEST_MAX])
  })
})

describe('a body that cannot be read', () => {
  test.each([
    [
      'a comma too many',
      '{"event": "x",}',
      'the body is not JSON: line 1, column 15: expected a key in double quotes, found "}"',
    ],
    ['nothing', '', 'the body is not JSON: line 1, column 1: expected a value, found the end of the text'],
    ['brackets without end', '['.repeat(5_000), 'the body nests objects and arrays more than 100 deep, at byte 100'],
    ['no text', new Uint8Array([0x22, 0xff, 0x22]), 'the body is not UTF-8'],
  ])('%s', async (_what, body, detail) => {
    const answer = await send(body)
    expect([answer.status, answer.problem.detail]).toEqual([400, detail])
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'the content type %j is refused with the ones that work',
    async (type) => {
      const { status, problem } = await send(JSON.stringify(event()), undefined, { 'content-type': type })
      expect([status, problem.accepted]).toEqual([415, ['application/json', 'application/x-ndjson']])
    },
  )

  test('a charset beside the type does no harm', async () => {
    expect((await send(event(), undefined, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(200)
  })
})

describe('reading events', () => {
  test('lists page through the log in both directions without a gap', async () => {
    const resource = 'paged.*'
    await send([1, 2, 3, 4, 5].map((n) => event(n, { resource: { 'prefect.resource.id': `paged.${n}` } })))
    const seen: unknown[] = []
    let cursor: string | null = null
    do {
      const query = { resource, order: 'asc', limit: 2, ...(cursor !== null && { cursor }) } as const
      const page: Page<Event> = await api.call(routes.listEvents, { query })
      seen.push(...page.items.map(({ payload }) => payload.n))
      cursor = page.next_cursor
    } while (cursor !== null)
    expect(seen).toEqual([1, 2, 3, 4, 5])
    const newest = await api.call(routes.listEvents, { query: { resource, limit: 1 } })
    expect(newest.items[0]?.payload.n).toBe(5)
  })

  test('counts are grouped as asked', async () => {
    await send([event(1, { event: 'grouped.a' }), event(1, { event: 'grouped.b' }), event(2, { event: 'grouped.b' })])
    expect(await api.call(routes.countEvents, { query: { event: 'grouped.*', by: 'event' } })).toEqual({
      total: 3,
      groups: [
        { value: 'grouped.b', label: 'grouped.b', count: 2 },
        { value: 'grouped.a', label: 'grouped.a', count: 1 },
      ],
    })
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['order=sideways', 'order'],
    ['since=yesterday', 'since'],
    ['since=9999-01-01T00:00:00Z', 'since'],
    ['lmit=3', 'lmit'],
    ['cursor=bogus', 'cursor'],
  ])('?%s is refused by name', async (query, path) => {
    const { status, problem } = await api.ask('GET', `/api/v1/events?${query}`)
    expect([status, problem.problems?.[0]?.path]).toEqual([422, path])
  })

  test('an unknown event, and what can be no id, are told apart', async () => {
    expect((await api.ask('GET', `/api/v1/events/${ID}f`)).problem.code).toBe('not_found')
    expect((await api.ask('GET', '/api/v1/events/nonsense')).status).toBe(422)
  })
})

describe('projects', () => {
  test('an event is seen in its own project alone, named by header or by query', async () => {
    expect((await api.ask('POST', '/api/v1/projects', { key: 'second' })).status).toBe(201)
    const { status } = await send(event(1, { event: 'only.here' }), undefined, { 'upon-project': 'second' })
    expect(status).toBe(200)
    const there = await api.ask('GET', '/api/v1/events/count?event=only.here&project=second')
    expect([there.json(eventCountSchema).total, await count('only.here')]).toEqual([1, 0])
  })

  test('an unknown project is named', async () => {
    const { status, problem } = await send(event(), undefined, { 'upon-project': 'nowhere' })
    expect([status, problem.detail]).toEqual([404, expect.stringContaining('there is no project "nowhere"')])
  })

  test('a header and a query that disagree are refused', async () => {
    const { status } = await send(event(), '/api/v1/events?project=second', { 'upon-project': 'default' })
    expect(status).toBe(422)
  })
})

test('nothing of all this was a bug of ours', () => {
  expect(api.errors).toEqual([])
})
