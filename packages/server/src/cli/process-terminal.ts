import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Terminal } from './terminal.ts'

const EXIT_INTERRUPTED = 130

/** The terminal this process was started from. */
export function processTerminal(): Terminal {
  let stopping: AbortController | undefined
  whenReaderIsGone(() => {
    if (stopping === undefined) process.exit(process.exitCode)
    stopping.abort()
  })
  return {
    out: (chunk) => void process.stdout.write(chunk),
    err: (chunk) => void process.stderr.write(chunk),
    async flushed() {
      if (!process.stdout.writableNeedDrain || stopping?.signal.aborted) return
      // Without a reader it never drains; that is dealt with above.
      await once(process.stdout, 'drain', stopping && { signal: stopping.signal }).catch(() => {})
    },
    readInput: () => text(process.stdin),
    env: process.env,
    directory: process.cwd(),
    color: wantsColor(process.env, process.stdout.isTTY === true),
    now: () => Date.now(),
    wait: waitMs,
    interrupted() {
      stopping ??= interruption()
      return stopping.signal
    },
  }
}

/** `NO_COLOR` wins over `FORCE_COLOR`; without either only a terminal gets color. */
export function wantsColor(env: Terminal['env'], isTerminal: boolean): boolean {
  if ((env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb') return false
  return isTerminal || !['', '0', 'false'].includes(env.FORCE_COLOR ?? '')
}

/** `upon event ls | head` closes our output early, and a closed window takes it away: that is no error. */
function whenReaderIsGone(stop: () => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
      stop()
    })
  }
}

function interruption(): AbortController {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  // Both the shell and the system say that a window was closed: the second time is no impatience.
  process.on('SIGHUP', () => controller.abort())
  return controller
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
