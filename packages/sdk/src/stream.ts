import { ApiError, ConnectionError } from './errors.ts'
import { type ClientOptions, connectionError, reach } from './http.ts'
import { readProblem } from './read-problem.ts'
import type { Route } from './route.ts'
import { type SseMessage, SseParser, STREAM_END, STREAM_HEARTBEAT_SECONDS, STREAM_READY } from './sse.ts'
import { routeUrl } from './url.ts'

export interface StreamOptions {
  /** Ends the stream; the loop over it then ends without an error. */
  readonly signal?: AbortSignal | undefined
  /** Continue where it stopped when the connection breaks. @default false */
  readonly reconnect?: boolean | undefined
  /** Wait before the first new connection, in milliseconds; doubled each time up to 10 s. @default 250 */
  readonly reconnectDelayMs?: number | undefined
  /** Called whenever the stream is live, also after a new connection. */
  readonly onReady?: (() => void) | undefined
  /** Called when the connection broke and a new one is tried. */
  readonly onBroken?: ((error: unknown) => void) | undefined
}

/** Connections tried in a row without success before giving up: about five minutes. */
export const RECONNECTS_MAX = 35
const RECONNECT_DELAY_MS = 250
const RECONNECT_DELAY_MS_MAX = 10_000
/** A stream that is silent for this long, without even a heartbeat, is broken. */
const SILENCE_MS_MAX = 3 * STREAM_HEARTBEAT_SECONDS * 1_000

/** How far a stream has come. */
interface Place {
  id: string | null
  connected: boolean
}

interface StreamRequest {
  readonly client: ClientOptions
  readonly route: Route
  readonly input: { readonly params?: unknown; readonly query?: unknown }
  readonly headers: Headers
  readonly stream: StreamOptions | undefined
}

/** The parsed messages of a stream, over as many connections as it takes. */
export async function* streamMessages(request: StreamRequest): AsyncGenerator<unknown, void> {
  const options = request.stream ?? {}
  const place: Place = { id: null, connected: false }
  let failures = 0
  while (!isAborted(options)) {
    let broken: unknown = new ConnectionError(request.client.url, 'the stream broke off')
    try {
      for await (const message of oneConnection(request, place)) {
        failures = 0
        if (message.event === STREAM_END) return
        if (message.event === STREAM_READY) options.onReady?.()
        else yield JSON.parse(message.data)
      }
      if (options.reconnect !== true) return
    } catch (error) {
      if (isAborted(options)) return
      const passing = error instanceof ConnectionError && place.connected && options.reconnect === true
      if (!passing) throw error
      broken = error
    }
    failures += 1
    if (failures > RECONNECTS_MAX) throw broken
    options.onBroken?.(broken)
    await pause(delayMs(options, failures), options.signal)
  }
}

function isAborted(options: StreamOptions): boolean {
  return options.signal?.aborted === true
}

async function* oneConnection(
  { client, route, input, headers, stream }: StreamRequest,
  place: Place,
): AsyncGenerator<SseMessage, void> {
  const ended = new AbortController()
  const signal = stream?.signal === undefined ? ended.signal : AbortSignal.any([stream.signal, ended.signal])
  const resume = place.id === null ? {} : { after_position: place.id }
  const query = { ...(typeof input.query === 'object' ? input.query : {}), ...resume }
  try {
    headers.set('accept', 'text/event-stream')
    const response = await reach(client, routeUrl(route, { params: input.params, query }), { headers, signal })
    if (!response.ok) throw new ApiError(await readProblem(response))
    place.connected = true
    for await (const message of messagesOf(response)) {
      place.id = message.id ?? place.id
      yield message
    }
  } catch (error) {
    throw error instanceof ApiError ? error : connectionError(client, error, signal)
  } finally {
    ended.abort()
  }
}

async function* messagesOf(response: Response): AsyncGenerator<SseMessage, void> {
  if (response.body === null) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  const parser = new SseParser()
  while (true) {
    const { done, value } = await withinSilence(reader.read())
    if (done) return
    yield* parser.push(decoder.decode(value, { stream: true }))
  }
}

async function withinSilence<T>(reading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the stream fell silent')), SILENCE_MS_MAX)
  })
  try {
    return await Promise.race([reading, silence])
  } finally {
    clearTimeout(timer)
  }
}

function delayMs(options: StreamOptions, failures: number): number {
  const first = options.reconnectDelayMs ?? RECONNECT_DELAY_MS
  return Math.min(RECONNECT_DELAY_MS_MAX, first * 2 ** (failures - 1))
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms)
    signal?.addEventListener('abort', finish, { once: true })
    function finish() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
  })
}
