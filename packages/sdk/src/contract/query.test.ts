import { validate } from '@upon/engine'
import { describe, expect, test } from 'vitest'
import { type Route, readQuery, routes, routeUrl } from '../index.ts'

function read(route: Route, text: string) {
  return route.query === undefined ? null : validate(route.query, readQuery(new URLSearchParams(text)))
}

describe('a query', () => {
  test('is read with its defaults, its text as numbers and flags, and one value of many as a list', () => {
    expect(read(routes.listAutomations, 'enabled=false&tag=a&limit=7')).toEqual({
      ok: true,
      value: { enabled: false, tag: ['a'], limit: 7 },
    })
  })

  test('written by the client reads as what was passed to it', () => {
    const query = { event: ['order placed', 'a&b=c*'], after_position: 3, order: 'asc', limit: 10 } as const
    const text = routeUrl(routes.listEvents, { query }).split('?')[1] ?? ''
    expect(read(routes.listEvents, text)).toEqual({ ok: true, value: query })
  })

  test('is told everything that is wrong with it, and where', () => {
    const result = read(routes.listRuns, 'limit=500&stat=RUNNING&launch=x&flow=a&flow=b&since=yesterday')
    const problems = result?.ok === false ? result.problems : []
    expect(problems.map(({ path }) => path).sort()).toEqual(['flow', 'launch', 'limit', 'since', 'stat'])
    expect(problems.find(({ path }) => path === 'stat')).toMatchObject({ suggestion: 'state' })
  })

  test.each(['limit=1.5', 'limit=', 'limit=0', 'limit=-1', 'limit=1e2', 'limit=ten'])('refuses %s', (text) => {
    expect(read(routes.listRuns, text)).toMatchObject({ ok: false, problems: [{ path: 'limit' }] })
  })
})

describe('a new run', () => {
  const of = (body: unknown) => validate(routes.createRun.body, body)

  test('cannot have two starting times', () => {
    expect(of({ scheduled_at: '2026-01-01T00:00:00Z', schedule_after: 60 })).toMatchObject({
      problems: [{ path: 'schedule_after', message: 'give scheduled_at or schedule_after, not both' }],
    })
  })

  test('may start after a duration in any form', () => {
    const forms = [3600, 'PT1H', '01:00:00', '1h', '60m']
    expect(forms.map((form) => of({ schedule_after: form }))).toEqual(
      forms.map(() => ({ ok: true, value: { parameters: {}, job_variables: {}, tags: [], schedule_after: 3600 } })),
    )
  })
})

test('a path parameter that is missing is named before anything is sent', () => {
  expect(() => routeUrl(routes.getRun, { params: {} })).toThrow('getRun needs the parameter "run"')
})
