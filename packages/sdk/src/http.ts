import { ConnectionError } from './errors.ts'

/** What a client needs to know of its server. */
export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:4400`. */
  readonly url: string
  /** Sent as a bearer token. */
  readonly token?: string | undefined
  /** Key or id of the project that calls concern. @default 'default' */
  readonly project?: string | undefined
  /** How long to wait for an answer, in milliseconds; streams have no such limit. @default 30_000 */
  readonly timeoutMs?: number | undefined
  /** @default the global `fetch` */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** Milliseconds to wait for an answer. */
export const ANSWER_TIMEOUT_MS = 30_000

/** Fetches from the server; any failure to reach it is a `ConnectionError` that says what to do. */
export async function reach(options: ClientOptions, path: string, init: RequestInit): Promise<Response> {
  const url = baseOf(options) + path
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
  try {
    return await fetch(url, init)
  } catch (error) {
    throw connectionError(options, error, init.signal ?? null)
  }
}

/** What to throw for a failed connection: the caller's own abort stays what it is. */
export function connectionError(options: ClientOptions, error: unknown, signal: AbortSignal | null): unknown {
  if (signal?.aborted === true && signal.reason === error && !isTimeout(error)) return error
  if (error instanceof ConnectionError) return error
  const url = baseOf(options)
  const cause = { cause: error }
  if (isTimeout(error)) return new ConnectionError(url, `${url} did not answer in time`, cause)
  const why = reasonOf(error)
  const reason = why === '' ? '' : ` (${why})`
  return new ConnectionError(
    url,
    `could not reach ${url}${reason}: is the server running? start it with "upon up"`,
    cause,
  )
}

export function baseOf(options: ClientOptions): string {
  return options.url.replace(/\/+$/, '')
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return ''
  return cause.code === 'ECONNREFUSED' ? 'connection refused' : String(cause.code)
}
