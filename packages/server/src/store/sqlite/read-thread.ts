import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { StoreUnavailableError } from '../errors.ts'
import type { SqlValue } from './driver.ts'
import type { Executed } from './kysely-dialect.ts'
import { CLOSE, type ReadAnswer } from './read-messages.ts'
import { translated } from './sqlite-error.ts'

/** Reads waiting for the thread; more are refused, since whoever asks is faster than the disk. */
const READS_PENDING_MAX = 10_000

/** A thread with a read-only connection; started at the first read, and again after it died. */
export interface ReadThread {
  execute(sql: string, values: readonly SqlValue[]): Promise<Executed>
  close(): Promise<void>
}

interface Pending {
  readonly resolve: (executed: Executed) => void
  readonly reject: (error: unknown) => void
}

export function createReadThread(file: string): ReadThread {
  const pending = new Map<number, Pending>()
  let worker: Worker | null = null
  let closed = false
  let lastId = 0

  function started(): Worker {
    if (worker !== null) return worker
    const made = new Worker(workerFile(), { workerData: file })
    made.on('message', settle)
    made.on('error', (error) => lost(made, error))
    made.on('exit', () => lost(made, new Error('the reading thread ended')))
    worker = made
    return made
  }

  function settle(answer: ReadAnswer): void {
    const waiting = pending.get(answer.id)
    pending.delete(answer.id)
    if (pending.size === 0 && !closed) worker?.unref()
    if ('rows' in answer) waiting?.resolve({ rows: answer.rows, changes: 0 })
    else waiting?.reject(translated(readError(answer.failed), file))
  }

  function lost(which: Worker, cause: Error): void {
    if (worker !== which) return
    worker = null
    const error = new StoreUnavailableError('io', `reading ${file} failed: ${cause.message}`, { cause })
    for (const waiting of pending.values()) waiting.reject(error)
    pending.clear()
  }

  return {
    execute(sql, values) {
      if (closed) return Promise.reject(new Error(`the store of ${file} is closed`))
      if (pending.size >= READS_PENDING_MAX) return Promise.reject(tooMany(file))
      return new Promise((resolve, reject) => {
        lastId += 1
        pending.set(lastId, { resolve, reject })
        const thread = started()
        thread.ref()
        thread.postMessage({ id: lastId, sql, values })
      })
    },
    async close() {
      closed = true
      if (worker === null) return
      const ended = once(worker, 'exit')
      worker.ref()
      worker.postMessage(CLOSE)
      await ended
    },
  }
}

/** The file beside this one: compiled when this one is. */
const workerFile = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './read-worker.ts' : './read-worker.js', import.meta.url)

const tooMany = (file: string): StoreUnavailableError =>
  new StoreUnavailableError('io', `${READS_PENDING_MAX} reads of ${file} already wait; try again later`)

const readError = ({ message, errcode }: { message: string; errcode: number }): Error =>
  Object.assign(new Error(message), { errcode })
