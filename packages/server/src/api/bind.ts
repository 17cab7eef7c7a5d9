import { validate } from '@upon/engine'
import { DEFAULT_PROJECT, PROJECT_HEADER, type Route, type RouteId, readQuery, routes } from '@upon/sdk'
import type { Context, Hono } from 'hono'
import { notFound } from '../lib/user-error.ts'
import type { ProjectRow } from '../store/project-table.ts'
import { emptyAnswer, jsonAnswer } from './answer.ts'
import type { ApiDeps } from './deps.ts'
import { errorAnswer } from './error-answer.ts'
import { invalidPart } from './invalid-part.ts'
import { JSON_TYPES, refuseEncoding, requiredMediaType } from './media-type.ts'
import { parseJson } from './parse-json.ts'
import { type BodyReader, createBodyReader } from './read-body.ts'
import type { Caller, Handlers, RawBody } from './route-handler.ts'

/** Projects kept in memory, so that sending events costs no look-up; they never change and are never removed. */
const PROJECTS_CACHED_MAX = 1_000
/** Until there are users. */
const ACTOR = 'local'

/** A handler as the binder sees it: what the route table knows statically was checked where the handler was written. */
type AnyHandler = (input: Record<string, unknown> & Caller) => unknown

interface JsonAnswer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Puts every route of the contract on `app`, each with its handler. */
export function bindRoutes(app: Hono, deps: ApiDeps, handlers: Handlers): void {
  const projects = projectLookup(deps)
  const bodies = createBodyReader()
  for (const id of routeIdsInOrder()) {
    const route: Route = routes[id]
    // Handlers are keyed by the id of the very route they are typed for.
    const handler = handlers[id] as AnyHandler
    app.on(route.method, honoPath(route.path), async (c) => {
      const ended = deps.metrics.startRequest(id)
      const response = await answerRoute({ route, handler, deps, projects, bodies }, c).catch((error: unknown) =>
        errorAnswer(deps, error, id),
      )
      ended(response.status)
      return response
    })
  }
}

/** Hono takes the first path that matches, so those without a parameter go first. */
export function routeIdsInOrder(): RouteId[] {
  const ids = Object.keys(routes) as RouteId[]
  return ids.sort((a, b) => Number(routes[a].path.includes('{')) - Number(routes[b].path.includes('{')))
}

export const honoPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')

interface Bound {
  readonly route: Route
  readonly handler: AnyHandler
  readonly deps: ApiDeps
  readonly projects: (reference: string) => Promise<ProjectRow>
  readonly bodies: BodyReader
}

async function answerRoute({ route, handler, deps, projects, bodies }: Bound, c: Context): Promise<Response> {
  const request = c.req.raw
  const { project: wanted, ...query } = queryOf(request.url)
  const project = await projects(projectReference(route, request.headers.get(PROJECT_HEADER), wanted))
  const input = {
    ...part(route.params, 'the path', route.params && c.req.param(), 'params'),
    ...part(route.query, 'the query', query, 'query'),
    ...part(route.headers, 'the headers', route.headers && c.req.header(), 'headers'),
    ...(await bodyPart(route, request, bodies)),
    project,
    actor: ACTOR,
    header: (name: string) => request.headers.get(name),
    get signal() {
      return AbortSignal.any([request.signal, deps.stopping])
    },
  }
  const answer = await handler(input)
  if (answer instanceof Response) return answer
  return plainAnswer(route, answer as JsonAnswer, deps.checkAnswers === true)
}

function plainAnswer(route: Route, answer: JsonAnswer, check: boolean): Response {
  const declared = route.responses[answer.status]
  if (check) checkAnswer(route, answer)
  if (declared?.schema === undefined) return emptyAnswer(answer.status, answer.headers)
  const type = declared.mediaType === undefined ? {} : { 'content-type': declared.mediaType }
  return jsonAnswer(answer.status, answer.body, { ...type, ...answer.headers })
}

function checkAnswer(route: Route, { status, body }: JsonAnswer): void {
  const declared = route.responses[status]
  if (declared === undefined) throw new Error(`${route.id} does not declare the status ${status}`)
  if (declared.schema === undefined) return
  const result = validate(declared.schema, JSON.parse(JSON.stringify(body)))
  if (!result.ok) throw new Error(`${route.id} answers what its schema refuses: ${JSON.stringify(result.problems)}`)
}

function projectLookup({ store }: ApiDeps): (reference: string) => Promise<ProjectRow> {
  const known = new Map<string, ProjectRow>()
  return async (reference) => {
    const cached = known.get(reference)
    if (cached !== undefined) return cached
    const row = await store.read.projects.find(reference)
    if (row === null) throw notFound('project', reference, 'GET /api/v1/projects lists them')
    if (known.size >= PROJECTS_CACHED_MAX) known.clear()
    known.set(reference, row)
    return row
  }
}

function projectReference(route: Route, header: string | null, query: string | string[] | undefined): string {
  if (route.scope === 'server') return DEFAULT_PROJECT
  if (Array.isArray(query)) throw invalidPart('the query', [{ path: 'project', message: 'is given more than once' }])
  if (query !== undefined && header !== null && query !== header) {
    const message = `the query says "${query}" and the header ${PROJECT_HEADER} says "${header}"`
    throw invalidPart('the query', [{ path: 'project', message }])
  }
  return query ?? header ?? DEFAULT_PROJECT
}

function queryOf(url: string): Record<string, string | string[]> {
  const start = url.indexOf('?')
  return start === -1 ? {} : readQuery(new URLSearchParams(url.slice(start + 1)))
}

function part(schema: Route['params'], where: string, value: unknown, name: string): Record<string, unknown> {
  if (schema === undefined) {
    refuseUnknown(where, value)
    return {}
  }
  const result = validate(schema, value)
  if (!result.ok) throw invalidPart(where, result.problems)
  return { [name]: result.value }
}

/** A parameter that no route reads would be ignored without a word. */
function refuseUnknown(where: string, value: unknown): void {
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : []
  if (names.length === 0) return
  throw invalidPart(
    where,
    names.map((path) => ({ path, message: 'is not a known parameter: this operation takes none' })),
  )
}

async function bodyPart(route: Route, request: Request, bodies: BodyReader): Promise<{ body?: unknown }> {
  if (route.method === 'GET') return {}
  // No page can make a browser send a DELETE unasked, and clients name no type for a body they do not send.
  if (route.method === 'DELETE' && route.body === undefined) return {}
  refuseEncoding(request.headers.get('content-encoding'))
  const mediaType = requiredMediaType(request.headers.get('content-type'), route.bodyTypes ?? JSON_TYPES)
  const bytes = await bodies.read(request)
  if (route.bodyTypes !== undefined) return { body: { bytes, mediaType } satisfies RawBody }
  if (route.body === undefined) return {}
  const value = bytes.length === 0 && route.body.safeParse(undefined).success ? undefined : parseJson(bytes)
  const result = validate(route.body, value)
  if (!result.ok) throw invalidPart('the body', result.problems)
  return { body: result.value }
}
