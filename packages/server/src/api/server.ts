import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

/** Time a request may take to arrive in whole: what sends slower only holds a connection. */
const REQUEST_ARRIVAL_MS_MAX = 120_000
const HEADERS_ARRIVAL_MS_MAX = 20_000
const HEADER_BYTES_MAX = 16_384
/** Connections at the same time; more wait in the backlog of the system. */
const CONNECTIONS_MAX = 2_000
/** Time that requests under way get to end when the server stops. */
export const STOP_MS_MAX = 10_000
/** While stopping, how often connections that fell idle are closed. */
const IDLE_SWEEP_MS = 25

export interface HttpOptions {
  readonly app: Pick<Hono, 'fetch'>
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Ends event streams and long polls; the `stopping` signal of the API listens to it. */
  readonly stopping: AbortController
}

export interface HttpServer {
  readonly port: number
  /** Such as `http://127.0.0.1:4400`. */
  readonly url: string
  /**
   * Takes no more connections, ends streams and long polls, and lets requests under way finish for at most
   * `STOP_MS_MAX` milliseconds.
   */
  stop(): Promise<void>
}

/** The address is taken, or may not be used; the message says how to choose another. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Serves `app` over HTTP. Throws `ListenError` when the address cannot be used. */
export async function startHttp({ app, host, port, stopping }: HttpOptions): Promise<HttpServer> {
  const server = createServer(app)
  await listen(server, host, port)
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    port: bound,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    stop: () => stop(server, stopping),
  }
}

function createServer(app: HttpOptions['app']): Server {
  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_ARRIVAL_MS_MAX,
      requestTimeout: REQUEST_ARRIVAL_MS_MAX,
    },
  })
  if (!('closeIdleConnections' in server)) throw new Error('expected a plain HTTP server')
  server.maxConnections = CONNECTIONS_MAX
  return server
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
    server.listen({ host, port }, () => resolve())
  })
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const code = error.code ?? 'UNKNOWN'
  const message =
    code === 'EADDRINUSE'
      ? `port ${port} of ${host} is in use, perhaps by another Upon: stop that one, or choose another with --port ${port + 1}`
      : code === 'EACCES'
        ? `port ${port} may not be used by this user: choose one above 1023 with --port`
        : `could not listen on ${host}, port ${port}: ${error.message}`
  return new ListenError(code, message, { cause: error })
}

function stop(server: Server, stopping: AbortController): Promise<void> {
  return new Promise((resolve) => {
    // A connection that is kept alive falls idle only once its answer is out, so idle ones are closed again and again.
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS)
    const force = setTimeout(() => server.closeAllConnections(), STOP_MS_MAX)
    server.close(() => {
      clearInterval(sweep)
      clearTimeout(force)
      resolve()
    })
    stopping.abort()
    server.closeIdleConnections()
  })
}
