import { SECOND } from '@upon/engine'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { startLoop } from '../lib/loop.ts'
import { type Attempt, beginAttempt } from './attempt.ts'
import type { ClaimedRun } from './claim-runs.ts'
import { pauseFor } from './deliver.ts'
import { type Executor, GRACE_MS } from './executor/executor.ts'
import { killAbandoned } from './leftover-processes.ts'
import { createRegistrations } from './registrations.ts'
import { HEARTBEAT_EVERY_US, type WorkerRegistration } from './worker-registry.ts'
import type { PoolKey, WorkerSource } from './worker-source.ts'

/** How long one claim waits for a run, in seconds. */
const CLAIM_WAIT_SECONDS = 20
/** Pause after a claim that failed. */
const CLAIM_RETRY_US = SECOND
/** How long a stopping worker goes on saying how its runs ended to a server that does not answer. */
const LAST_WORDS_US = 5 * SECOND

export interface WorkerOptions {
  readonly source: WorkerSource
  readonly executor: Executor
  readonly clock: Clock
  readonly log: Log
  readonly registration: WorkerRegistration
  readonly pools: readonly PoolKey[]
  /** Attempts it executes at the same time, over all its pools. */
  readonly concurrency: number
  /** Where a deployment that recorded no directory starts. */
  readonly directory: string
  /** From SIGTERM to SIGKILL, in milliseconds. @default 10 s */
  readonly graceMs?: number
}

export interface RunningWorker {
  /** Serves these pools from now on; what it already executes goes on. */
  setPools(pools: readonly PoolKey[]): void
  readonly running: number
  /** Resolves once it serves its first pools; rejects when the server refuses it, such as for an unknown pool. */
  readonly ready: Promise<void>
  /** Ends its processes (SIGTERM, then SIGKILL), reports them and takes its leave. */
  stop(): Promise<void>
}

/** Executes runs of its pools: claims what is due, starts each claimed attempt once, reports how it ended. */
export function startWorker(options: WorkerOptions): RunningWorker {
  const { source, clock, log, concurrency, graceMs = GRACE_MS } = options
  const attempts = new Set<Attempt>()
  const registrations = createRegistrations(options)
  const stopping = new AbortController()
  const givenUp = new AbortController()
  let round = new AbortController()
  let slotFreed = () => {}

  const heartbeats = startLoop({
    clock,
    onError: (error) => log.warn({ err: error }, 'could not send heartbeats'),
    async turn() {
      await registrations.beat(attempts)
      return clock.now() + HEARTBEAT_EVERY_US
    },
  })
  const unsubscribe = source.onCancel?.(() => heartbeats.wake())

  function begin(claimed: ClaimedRun): void {
    const { executor, directory, registration } = options
    const { pid } = registration
    const shared = { source, executor, clock, log, pid, directory, graceMs, givenUp: givenUp.signal }
    const attempt = beginAttempt({ ...shared, claimed })
    attempts.add(attempt)
    void attempt.ended.then(() => {
      attempts.delete(attempt)
      slotFreed()
    })
  }

  async function claimOnce(): Promise<void> {
    round = new AbortController()
    const signal = AbortSignal.any([round.signal, stopping.signal])
    const workers = await registrations.complete()
    const limit = concurrency - attempts.size
    if (limit <= 0 || workers.length === 0) {
      const freed = new Promise<void>((resolve) => {
        slotFreed = resolve
      })
      await Promise.race([freed, pauseFor(clock, CLAIM_WAIT_SECONDS * SECOND, signal)])
      return
    }
    const claimed = await source.claim(workers, { limit, waitSeconds: CLAIM_WAIT_SECONDS, signal })
    // A worker that stops starts nothing more: what it took just now is given back when it takes its leave.
    if (!stopping.signal.aborted) claimed.forEach(begin)
  }

  async function serve(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await claimOnce()
      } catch (error) {
        log.warn({ err: error }, 'could not claim runs')
        // A heartbeat says whether the server gave this worker up, and registers it anew.
        heartbeats.wake()
        await pauseFor(clock, CLAIM_RETRY_US, stopping.signal)
      }
    }
  }

  async function prepare(): Promise<void> {
    const killed = await killAbandoned(clock)
    if (killed > 0) log.warn({ killed }, 'killed processes that a worker which is gone had left on this machine')
    await registrations.complete()
    heartbeats.wake()
  }

  const ready = prepare()
  ready.catch(() => {})
  const serving = ready.then(serve, serve)

  return {
    setPools(pools) {
      if (registrations.set(pools)) round.abort()
    },
    get running() {
      return attempts.size
    },
    ready,
    async stop() {
      unsubscribe?.()
      stopping.abort()
      await serving
      for (const attempt of attempts) attempt.stop()
      const cancelTimer = clock.at(clock.now() + graceMs * 1_000 + LAST_WORDS_US, () => givenUp.abort())
      await Promise.all([...attempts].map((attempt) => attempt.ended))
      cancelTimer()
      await heartbeats.stop()
      await registrations.leave()
    },
  }
}
