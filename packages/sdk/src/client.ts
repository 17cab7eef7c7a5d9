import { PROJECT_HEADER } from './contract/project.ts'
import { ApiError } from './errors.ts'
import { ANSWER_TIMEOUT_MS, type ClientOptions, connectionError, reach } from './http.ts'
import { readProblem } from './read-problem.ts'
import type { Route, RouteInput, RouteMessage, RouteOutput } from './route.ts'
import { type StreamOptions, streamMessages } from './stream.ts'
import { routeUrl } from './url.ts'

export interface CallOptions {
  /** Ends the call early; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Instead of the client's own, in milliseconds. */
  readonly timeoutMs?: number | undefined
  /** Instead of the client's own. */
  readonly project?: string | undefined
}

/** A whole answer, for callers that need more than its body. */
export interface Answer<T> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

/** `input` may be left out where nothing in it is required. */
type Args<R extends Route, O> =
  Record<never, never> extends RouteInput<R>
    ? [input?: RouteInput<R>, options?: O]
    : [input: RouteInput<R>, options?: O]

export interface Client {
  readonly url: string
  /**
   * Calls a route and gives the body of its answer.
   * Rejects with `ApiError` when the server refuses and with `ConnectionError` when it cannot be reached.
   * @example await client.call(routes.getRun, { params: { run: id } })
   */
  call<R extends Route>(route: R, ...args: Args<R, CallOptions>): Promise<RouteOutput<R>>
  /** Like `call`, with status and headers. */
  request<R extends Route>(route: R, ...args: Args<R, CallOptions>): Promise<Answer<RouteOutput<R>>>
  /**
   * Follows a stream until it ends, the loop is left or the signal aborts.
   * With `reconnect` it continues after a broken connection where it stopped.
   */
  stream<R extends Route>(route: R, ...args: Args<R, StreamOptions>): AsyncIterable<RouteMessage<R>>
}

interface WireInput {
  readonly params?: unknown
  readonly query?: unknown
  readonly headers?: unknown
  readonly body?: unknown
}

/** A client of one server. It keeps no connection and needs no closing. */
export function createClient(options: ClientOptions): Client {
  async function request<R extends Route>(route: R, ...args: Args<R, CallOptions>): Promise<Answer<RouteOutput<R>>> {
    const [input, call] = args
    const { status, headers, body } = await send(options, route, input ?? {}, call ?? {})
    // The one place where the server's word is taken for the contract; its own tests hold it to that.
    return { status, headers, body: body as RouteOutput<R> }
  }

  return {
    url: options.url,
    request,
    call: async (route, ...args) => (await request(route, ...args)).body,
    stream<R extends Route>(route: R, ...args: Args<R, StreamOptions>) {
      const [input, stream] = args
      const messages = streamMessages({
        client: options,
        route,
        input: input ?? {},
        headers: headersOf(options),
        stream,
      })
      return messages as AsyncIterable<RouteMessage<R>>
    },
  }
}

async function send(
  options: ClientOptions,
  route: Route,
  input: WireInput,
  call: CallOptions,
): Promise<Answer<unknown>> {
  const timeout = AbortSignal.timeout(call.timeoutMs ?? options.timeoutMs ?? ANSWER_TIMEOUT_MS)
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal])
  const headers = headersOf({ ...options, project: call.project ?? options.project }, input.headers)
  const init: RequestInit = { method: route.method, headers, signal }
  if (route.method !== 'GET') {
    // The server takes no change without a JSON type, so that no page of another origin can send one.
    headers.set('content-type', 'application/json')
    init.body = JSON.stringify(input.body ?? {})
  }
  const response = await reach(options, routeUrl(route, input), init)
  try {
    if (!response.ok) throw new ApiError(await readProblem(response))
    return { status: response.status, headers: response.headers, body: await readBody(response) }
  } catch (error) {
    throw error instanceof ApiError ? error : connectionError(options, error, signal)
  }
}

async function readBody(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? ''
  const text = await response.text()
  if (text === '') return undefined
  return /[/+]json\b/.test(type) ? JSON.parse(text) : text
}

function headersOf(options: ClientOptions, extra?: unknown): Headers {
  const headers = new Headers()
  if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`)
  if (options.project !== undefined) headers.set(PROJECT_HEADER, options.project)
  for (const [name, value] of Object.entries(extra ?? {})) {
    if (typeof value === 'string') headers.set(name, value)
  }
  return headers
}
