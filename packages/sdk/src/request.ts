import { type Problem, type Validated, validate } from '@upon/engine'
import type { Route, RouteRequest } from './route.ts'
import { readQuery } from './url.ts'

/** A request as it arrived, before anything of it was checked. */
export interface RawRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly header: (name: string) => string | null | undefined
  /** The parsed JSON of the body; undefined without one. */
  readonly body: unknown
}

/** Request headers that a route may have a schema for. */
const CHECKED_HEADERS = ['if-match'] as const

type Part = 'params' | 'query' | 'headers' | 'body'

/**
 * Checks every part of a request against its route. All problems are reported at once; those outside the body
 * have `params.`, `query.` or `headers.` before their path. The project parameter belongs to no route and is left out.
 */
export function readRequest<R extends Route>(route: R, raw: RawRequest): Validated<RouteRequest<R>> {
  const query = readQuery(raw.query)
  if (route.scope === 'project') delete query.project
  const given: Record<Part, unknown> = { params: raw.params, query, headers: headersOf(raw), body: raw.body }
  const problems: Problem[] = []
  const value: Partial<Record<Part, unknown>> = {}
  for (const part of ['params', 'query', 'headers', 'body'] as const) {
    const schema = route[part]
    if (schema === undefined) continue
    const result = validate(schema, given[part])
    if (result.ok) value[part] = result.value
    else problems.push(...result.problems.map((problem) => located(part, problem)))
  }
  // The schemas just gave each part the type that the route declares for it.
  return problems.length === 0 ? { ok: true, value: value as RouteRequest<R> } : { ok: false, problems }
}

function headersOf(raw: RawRequest): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of CHECKED_HEADERS) {
    const value = raw.header(name)
    if (typeof value === 'string') headers[name] = value
  }
  return headers
}

function located(part: Part, problem: Problem): Problem {
  if (part === 'body') return problem
  return { ...problem, path: problem.path === '' ? part : `${part}.${problem.path}` }
}
