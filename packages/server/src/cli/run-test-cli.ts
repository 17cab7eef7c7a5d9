import { once } from 'node:events'
import { createServer } from 'node:net'
import { openTestApi, type TestApi } from '../api/open-test-api.ts'
import { runCli } from './run-cli.ts'
import { createTestTerminal } from './test-terminal.ts'

export interface TestRun {
  readonly code: number
  readonly out: string
  readonly err: string
}

export type RunUpon = (argv: readonly string[], given?: Parameters<typeof createTestTerminal>[0]) => Promise<TestRun>

/** Runs one command line in this process. */
export const runUpon: RunUpon = async (argv, given = {}) => {
  const terminal = createTestTerminal(given)
  const code = await runCli(argv, terminal)
  return { code, ...terminal.written }
}

export interface TestServer extends AsyncDisposable {
  readonly api: TestApi
  readonly url: string
  /** Runs one command line in this process against the server. */
  readonly upon: RunUpon
}

/** An address of this machine where nothing listens. */
export async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}

/** A real server on a free port, without a worker. */
export async function startTestServer(): Promise<TestServer> {
  const api = await openTestApi()
  const { url } = await api.listen()
  return {
    api,
    url,
    upon: (argv, given = {}) => runUpon(argv, { ...given, env: { UPON_URL: url, ...given.env } }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}
