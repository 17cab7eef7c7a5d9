import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Terminal } from './terminal.ts'

const EXIT_INTERRUPTED = 130

/** The terminal this process was started from. */
export function processTerminal(): Terminal {
  let interrupted: AbortSignal | undefined
  endQuietlyWithoutReader()
  return {
    out: (chunk) => void process.stdout.write(chunk),
    err: (chunk) => void process.stderr.write(chunk),
    async flushed() {
      if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
    },
    readInput: () => text(process.stdin),
    env: process.env,
    directory: process.cwd(),
    color: wantsColor(process.env, process.stdout.isTTY === true),
    now: () => Date.now(),
    wait: waitMs,
    interrupted() {
      interrupted ??= interruption()
      return interrupted
    },
  }
}

/** `NO_COLOR` wins over `FORCE_COLOR`; without either only a terminal gets color. */
export function wantsColor(env: Terminal['env'], isTerminal: boolean): boolean {
  if ((env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb') return false
  return isTerminal || !['', '0', 'false'].includes(env.FORCE_COLOR ?? '')
}

/** `upon event ls | head` closes our output early: that is no error. */
function endQuietlyWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit(process.exitCode)
    })
  }
}

function interruption(): AbortSignal {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}

function waitMs(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (signal?.aborted) done()
    else signal?.addEventListener('abort', done, { once: true })
  })
}
