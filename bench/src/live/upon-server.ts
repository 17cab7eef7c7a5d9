import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { get } from './http.ts'

const UPON = fileURLToPath(new URL('../../../packages/server/bin/upon.js', import.meta.url))
const READY_POLL_MS = 10
const READY_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 30_000
/** Characters of the server's own output kept for a message. */
const OUTPUT_CHARS_MAX = 4_000

export interface UponOptions {
  readonly directory: string
  readonly port: number
  /** Further arguments of `upon up`. */
  readonly args?: readonly string[]
  /** Arguments of Node itself, before the program. */
  readonly nodeArgs?: readonly string[]
}

/** A real `upon up`, as its own process. */
export interface UponServer {
  readonly url: string
  readonly pid: number
  /** Resolves with the milliseconds from the start until it said it was ready; rejects when it ended before. */
  readonly ready: Promise<number>
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves when it has stopped by itself. */
  stop(): Promise<void>
  /** The end of what it wrote. */
  output(): string
}

export function startUpon({ directory, port, args = [], nodeArgs = [] }: UponOptions): UponServer {
  const began = performance.now()
  const command = [...nodeArgs, UPON, 'up', '--data', directory, '--port', String(port), ...args]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment() })
  const url = `http://127.0.0.1:${port}`
  const output = keepOutput(child)
  const ended = once(child, 'exit').then(() => {})
  const ready = untilReady(url, child, output).then(() => performance.now() - began)
  // Nobody has to wait for it: a server may be killed before.
  ready.catch(() => {})
  return {
    url,
    pid: child.pid ?? 0,
    ready,
    ended,
    output,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      await ended
      clearTimeout(late)
      if (child.exitCode !== 0) throw new Error(`the server did not stop by itself: ${output()}`)
    },
  }
}

/** Nothing of the surroundings may configure the server. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('UPON_')))
}

function keepOutput(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-OUTPUT_CHARS_MAX)
    })
  }
  return () => text
}

async function untilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const until = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended: ${output()}`)
    const status = await get(`${url}/readyz`).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 200) return
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS))
  }
  throw new Error(`the server was not ready after ${READY_TIMEOUT_MS / 1_000} s: ${output()}`)
}

/** A port nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}
