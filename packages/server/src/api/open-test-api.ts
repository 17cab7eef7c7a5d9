import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ENGINE_VERSION } from '@upon/engine'
import { type Client, createClient, type Problem, problemSchema, type ServerInfo } from '@upon/sdk'
import type { Hono } from 'hono'
import { pino } from 'pino'
import { z } from 'zod'
import { createRenderer } from '../act/template/renderer.ts'
import { createDefineService } from '../define/create-define-service.ts'
import { systemClock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import { instantText } from '../lib/instant-text.ts'
import { type Pipeline, startPipeline } from '../pipeline.ts'
import { openSqliteStore, type SqliteStore } from '../store/sqlite/open.ts'
import { createApi } from './create-api.ts'
import type { ApiDeps } from './deps.ts'
import { createDocumentCheck } from './fits-document.ts'
import { mediaTypeOf } from './media-type.ts'
import { createMetrics } from './metrics.ts'
import { type Access, accessFor } from './safety.ts'
import { type HttpServer, startHttp } from './server.ts'

export interface TestApiOptions {
  readonly access?: Access
  readonly webRoot?: string
  /** Pages the database may grow to, for a disk that is full. */
  readonly pagesMax?: number
  /** Replaces parts of what the API works with. */
  readonly replace?: (deps: ApiDeps) => Partial<ApiDeps>
}

/** The whole server without a worker, on a new data directory, with every answer held against the OpenAPI document. */
export interface TestApi extends AsyncDisposable, Pick<Client, 'call' | 'request'> {
  readonly app: Hono
  readonly deps: ApiDeps
  readonly pipeline: Pipeline
  readonly store: SqliteStore
  /** What was logged as an error. */
  readonly errors: readonly string[]
  /**
   * Sends any request without a socket; `body` as JSON unless it is text or bytes.
   * For what `call` and `request` cannot send, and for refusals, which those throw.
   */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>
  /** Serves it on a free port. */
  listen(): Promise<HttpServer>
  /** Resolves when everything sent so far is decided. */
  decided(): Promise<void>
}

export interface TestAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The refusal; throws where it is none. */
  readonly problem: Problem
  /** The JSON body as `schema` reads it; throws where it does not fit. */
  json<T>(schema: z.ZodType<T>): T
}

export async function openTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const directory = await mkdtemp(join(tmpdir(), 'upon-api-'))
  const store = await openSqliteStore({
    directory,
    ...(options.pagesMax !== undefined && { pagesMax: options.pagesMax }),
  })
  const renderer = createRenderer()
  const stopping = new AbortController()
  const errors: string[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => void errors.push(line) })
  const clock = systemClock
  const metrics = createMetrics({
    lagUs: () => pipeline.decider.lag(),
    queued: () => pipeline.ingest.queued,
    liveViewers: () => pipeline.feed.subscribers,
    outbox: async () => 0,
    raised: () => store.read.raised.count(),
    launchesByState: () => store.read.launches.countByState(),
    runsByState: () => store.read.runs.countByState(),
    engine: () => pipeline.decider.stats(),
  })
  const pipeline = startPipeline({ store, renderer, clock, log, newId, metrics, allowOutgoing: [] })
  const deps: ApiDeps = {
    ...pipeline,
    store,
    define: createDefineService({ store, renderer, ingest: pipeline.ingest, clock, newId }),
    metrics,
    clock,
    log,
    newId,
    info: () => serverInfo(directory, clock.now()),
    access: options.access ?? accessFor('127.0.0.1', null),
    stopping: stopping.signal,
    webRoot: options.webRoot ?? join(directory, 'web'),
    checkAnswers: true,
  }
  const app = createApi({ ...deps, ...options.replace?.(deps) })
  const { call, request } = createClient({ url: ORIGIN, fetch: checkedFetch(app) })
  const servers: HttpServer[] = []
  return {
    app,
    deps,
    pipeline,
    store,
    errors,
    call,
    request,
    ask: (method, path, body, headers) => ask(app, { method, path, body, headers: headers ?? {} }),
    async listen() {
      const server = await startHttp({ app, host: '127.0.0.1', port: 0, stopping })
      servers.push(server)
      return server
    },
    async decided() {
      await pipeline.ingest.idle()
      const { position } = await store.log.head()
      await pipeline.decider.passed(position, 10_000_000)
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server.stop()
      await pipeline.stop()
      await renderer[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const ORIGIN = 'http://127.0.0.1'
const documentCheck = createDocumentCheck()

/** Requests to `app` without a socket, each answer held against the document. */
function checkedFetch(app: Hono): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const { method, url } = request
    const response = await app.request(request)
    const type = mediaTypeOf(response.headers.get('content-type'))
    const text = await response.clone().text()
    documentCheck.check({ method, path: url.slice(ORIGIN.length), status: response.status, type, text })
    return response
  }
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

async function ask(app: Hono, { method, path, body, headers }: Asked): Promise<TestAnswer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  const init: RequestInit = { method, headers: { 'content-type': 'application/json', ...headers } }
  if (body !== undefined) init.body = isRaw ? body : JSON.stringify(body)
  const response = await checkedFetch(app)(`${ORIGIN}${path}`, init)
  return testAnswer(response, await response.text())
}

function testAnswer({ status, headers }: Response, text: string): TestAnswer {
  const isJson = /[/+]json$/.test(mediaTypeOf(headers.get('content-type')))
  function json<T>(schema: z.ZodType<T>): T {
    const result = schema.safeParse(isJson ? JSON.parse(text) : undefined)
    if (result.success) return result.data
    throw new Error(`the answer ${status} is another than wanted: ${z.prettifyError(result.error)}\n${text}`)
  }
  return {
    status,
    headers,
    text,
    json,
    get problem() {
      return json(problemSchema)
    },
  }
}

function serverInfo(data: string, now: number): ServerInfo {
  return {
    version: '0.0.0-test',
    url: 'http://127.0.0.1:4400',
    data,
    store: 'SQLite',
    engine_version: ENGINE_VERSION,
    node: process.version.slice(1),
    python: null,
    started: instantText(now),
  }
}
