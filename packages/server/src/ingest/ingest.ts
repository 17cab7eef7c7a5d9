import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type Loop, startLoop } from '../lib/loop.ts'
import type { AppendResult, NewEntry } from '../store/log-store.ts'
import type { RaisedRow } from '../store/raised-table.ts'
import type { Store } from '../store/store.ts'

/** Entries one commit takes. Larger batches gain little and make the slowest caller wait longer. */
export const APPEND_BATCH_MAX = 1_000
/** Entries that may wait for a commit; beyond it callers are told to come back. */
export const APPEND_QUEUE_MAX = 20_000
/** Rounds of the event loop before a commit: enough to read several requests of 100 KB, which take a few rounds each. */
const READ_ROUNDS_MAX = 16

/** The queue of entries waiting for a commit is full: try again after `retryAfterS` seconds. */
export class IngestBusyError extends Error {
  override readonly name = 'IngestBusyError'
  readonly code = 'ingest_busy'
  readonly retryAfterS: number
  constructor(message: string, retryAfterS: number) {
    super(message)
    this.retryAfterS = retryAfterS
  }
}

/** The server is stopping: the message says what was kept. */
export class IngestStoppedError extends Error {
  override readonly name = 'IngestStoppedError'
  readonly code = 'stopping'
}

/** What one commit added to the log. */
export interface Appended {
  /** The log's last position now. */
  readonly last: number
  readonly entries: number
}

export interface Ingest {
  /**
   * Appends entries; resolves when they are durable, with one result each. With `atomic`, one conflict keeps all of them
   * out. Throws `IngestBusyError`, `IngestStoppedError`, `StoreUnavailableError`.
   */
  append(entries: readonly NewEntry[], options?: { atomic?: boolean }): Promise<readonly AppendResult[]>
  /** Raised rows were committed somewhere: append them soon. */
  wakeRaised(): void
  /**
   * Resolves when every raised row up to `sequence` is in the log. Throws `IngestStoppedError` when the server stops
   * first; the row is then appended by the next start.
   */
  raisedAppended(sequence: number): Promise<void>
  /** Resolves when nothing waits to be appended. */
  idle(): Promise<void>
  /** Appends what was accepted, then refuses more. */
  stop(): Promise<void>
  readonly queued: number
}

interface Waiting {
  readonly entries: readonly NewEntry[]
  readonly atomic: boolean
  readonly resolve: (results: readonly AppendResult[]) => void
  readonly reject: (error: unknown) => void
}

export interface IngestOptions {
  readonly store: Pick<Store, 'log' | 'read'>
  readonly clock: Clock
  readonly log: Log
  readonly onAppended: (appended: Appended) => void
}

/**
 * The only way into the log. Requests and raised rows that arrived while the last commit ran share the next one;
 * nothing ever waits for a batch to fill.
 */
export function createIngest({ store, clock, log, onAppended }: IngestOptions): Ingest {
  let waiting: Waiting[] = []
  let queued = 0
  let stopped = false
  let raisedAsked = true
  let raisedThrough = 0
  let raisedWaiters: { sequence: number; resolve: () => void; reject: (error: unknown) => void }[] = []

  const loop: Loop = startLoop({
    clock,
    onError: (error) => log.error({ err: error }, 'could not append to the log'),
    async turn() {
      await readWhatArrived()
      const requests = takeRequests()
      const raised = await takeRaised().catch((error: unknown) => {
        raisedAsked = true
        if (requests.length === 0) throw error
        return []
      })
      if (requests.length === 0 && raised.length === 0) return null
      // An atomic request that is refused must take nothing else with it.
      const alone = requests[0]?.atomic === true
      await appendBatch(requests, alone ? [] : raised)
      if (alone && raised.length > 0) await appendBatch([], raised)
      return waiting.length > 0 || raisedAsked ? 'again' : null
    },
  })

  /**
   * A commit blocks this thread, and what arrived meanwhile lies unread in the sockets. Reading it costs far less than a
   * commit of its own, so the event loop goes round while that brings more; it never waits for anything.
   */
  async function readWhatArrived(): Promise<void> {
    let before = -1
    for (let round = 0; round < READ_ROUNDS_MAX && queued > before && queued < APPEND_BATCH_MAX; round += 1) {
      before = queued
      await setImmediate()
    }
  }

  /** Whole requests up to the batch limit; an atomic one goes alone, since its failure must not touch others. */
  function takeRequests(): Waiting[] {
    const taken: Waiting[] = []
    let size = 0
    for (const request of waiting) {
      const alone = request.atomic || taken[0]?.atomic === true
      if (taken.length > 0 && (alone || size + request.entries.length > APPEND_BATCH_MAX)) break
      taken.push(request)
      size += request.entries.length
    }
    waiting = waiting.slice(taken.length)
    queued -= size
    return taken
  }

  async function takeRaised(): Promise<readonly RaisedRow[]> {
    if (!raisedAsked) return []
    raisedAsked = false
    const rows = await store.read.raised.pending(APPEND_BATCH_MAX)
    if (rows.length === APPEND_BATCH_MAX) raisedAsked = true
    return rows
  }

  async function appendBatch(requests: readonly Waiting[], raised: readonly RaisedRow[]): Promise<void> {
    const entries = [...raised.map((row) => row.entry), ...requests.flatMap((request) => request.entries)]
    let results: readonly AppendResult[]
    try {
      results = await store.log.append(entries, {
        now: clock.now(),
        raised: raised.map((row) => row.sequence),
        atomic: requests[0]?.atomic === true,
      })
    } catch (error) {
      raisedAsked = true
      for (const request of requests) request.reject(error)
      throw error
    }
    let at = raised.length
    for (const request of requests) {
      request.resolve(results.slice(at, at + request.entries.length))
      at += request.entries.length
    }
    settleRaised(raised, results)
    const appended = results.filter((result) => result.outcome === 'appended' && result.position > 0)
    const last = appended.at(-1)
    if (last !== undefined) onAppended({ last: last.position, entries: appended.length })
  }

  function settleRaised(rows: readonly RaisedRow[], results: readonly AppendResult[]): void {
    for (const [index, row] of rows.entries()) {
      if (results[index]?.outcome === 'conflict')
        log.warn({ entry: row.entry }, 'another event has the id of a raised one')
    }
    raisedThrough = Math.max(raisedThrough, rows.at(-1)?.sequence ?? 0)
    const done = raisedWaiters.filter((waiter) => waiter.sequence <= raisedThrough)
    raisedWaiters = raisedWaiters.filter((waiter) => waiter.sequence > raisedThrough)
    for (const waiter of done) waiter.resolve()
  }

  loop.wake()
  return {
    append(entries, options) {
      if (stopped)
        return Promise.reject(new IngestStoppedError('the server is stopping; nothing of this was kept, send it again'))
      if (entries.length === 0) return Promise.resolve([])
      if (queued + entries.length > APPEND_QUEUE_MAX && queued > 0) {
        const detail = `${queued} entries already wait to be written, at most ${APPEND_QUEUE_MAX} may`
        return Promise.reject(new IngestBusyError(detail, 1))
      }
      queued += entries.length
      return new Promise((resolve, reject) => {
        waiting.push({ entries, atomic: options?.atomic === true, resolve, reject })
        loop.wake()
      })
    },
    wakeRaised() {
      raisedAsked = true
      loop.wake()
    },
    raisedAppended(sequence) {
      if (sequence <= raisedThrough) return Promise.resolve()
      if (stopped) return Promise.reject(savedForLater())
      return new Promise((resolve, reject) => {
        raisedWaiters.push({ sequence, resolve, reject })
        raisedAsked = true
        loop.wake()
      })
    },
    idle: () => loop.idle(),
    async stop() {
      stopped = true
      do {
        loop.wake()
        await loop.idle()
      } while (waiting.length > 0)
      await loop.stop()
      for (const waiter of raisedWaiters) waiter.reject(savedForLater())
    },
    get queued() {
      return queued
    },
  }
}

const savedForLater = () =>
  new IngestStoppedError('the server is stopping; the change was saved and takes effect with the next start')
