import { describe, expect, test } from 'vitest'
import { readRequest, routes } from './index.ts'

function raw(parts: {
  params?: Record<string, string>
  query?: string
  headers?: Record<string, string>
  body?: unknown
}) {
  return {
    params: parts.params ?? {},
    query: new URLSearchParams(parts.query),
    header: (name: string) => parts.headers?.[name],
    body: parts.body,
  }
}

describe('a request', () => {
  test('is read with its defaults, its text as numbers and flags, and one value of many as a list', () => {
    const result = readRequest(routes.listAutomations, raw({ query: 'enabled=false&tag=a&limit=7' }))
    expect(result).toEqual({ ok: true, value: { query: { enabled: false, tag: ['a'], limit: 7 } } })
  })

  test('may name its project in the query of any project route', () => {
    expect(readRequest(routes.listRuns, raw({ query: 'project=vision' }))).toEqual({
      ok: true,
      value: { query: { limit: 50 } },
    })
  })

  test('is told everything that is wrong with it, and where', () => {
    const result = readRequest(
      routes.listRuns,
      raw({ query: 'limit=500&stat=RUNNING&launch=x&flow=a&flow=b&since=yesterday' }),
    )
    expect(result.ok ? [] : result.problems.map(({ path }) => path).sort()).toEqual([
      'query.flow',
      'query.launch',
      'query.limit',
      'query.since',
      'query.stat',
    ])
    expect(result).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ suggestion: 'state' })]),
    })
  })

  test('without its body is told that it is required', () => {
    const result = readRequest(routes.createRun, raw({ params: { deployment: 'a/b' } }))
    expect(result).toMatchObject({ ok: false, problems: [{ path: '', message: 'is required' }] })
  })

  test('may leave out a body in which nothing is required', () => {
    expect(readRequest(routes.cancelRun, raw({ params: { run: 'r' } }))).toMatchObject({ ok: true })
  })

  test('passes the version it wants to change', () => {
    const result = readRequest(
      routes.deleteAutomation,
      raw({ params: { automation: 'a' }, headers: { 'if-match': '"3"' } }),
    )
    expect(result).toEqual({ ok: true, value: { params: { automation: 'a' }, headers: { 'if-match': '"3"' } } })
  })

  test('cannot give two starting times', () => {
    const body = { scheduled_at: '2026-01-01T00:00:00Z', schedule_after: 60 }
    expect(readRequest(routes.createRun, raw({ params: { deployment: 'a/b' }, body }))).toMatchObject({
      ok: false,
      problems: [{ path: 'schedule_after', message: 'give scheduled_at or schedule_after, not both' }],
    })
  })
})
