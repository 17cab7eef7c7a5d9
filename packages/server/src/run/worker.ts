import { SECOND } from '@upon/engine'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { startLoop } from '../lib/loop.ts'
import { type AttemptSlots, createAttemptSlots } from './attempt-slots.ts'
import type { ClaimedRun } from './claim-runs.ts'
import { pauseFor } from './deliver.ts'
import { type Executor, GRACE_MS } from './executor/executor.ts'
import { killAbandoned } from './leftover-processes.ts'
import { createRegistrations, type Registrations } from './registrations.ts'
import { HEARTBEAT_EVERY_US, type WorkerRegistration } from './worker-registry.ts'
import type { PoolKey, WorkerSource } from './worker-source.ts'

/** How long one claim waits for a run, in seconds. */
const CLAIM_WAIT_SECONDS = 20
/** Pause after a claim that failed. */
const CLAIM_RETRY_US = SECOND

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
  const { source, clock, log, registration, graceMs = GRACE_MS } = options
  const slots = createAttemptSlots({ ...options, pid: registration.pid, graceMs })
  const registrations = createRegistrations(options)
  const stopping = new AbortController()
  let round = new AbortController()

  const heartbeats = startLoop({
    clock,
    onError: (error) => log.warn({ err: error }, 'could not send heartbeats'),
    async turn() {
      await registrations.beat(slots.attempts)
      return clock.now() + HEARTBEAT_EVERY_US
    },
  })
  const unsubscribe = source.onCancel?.(() => heartbeats.wake())

  async function prepare(): Promise<void> {
    const killed = await killAbandoned(clock)
    if (killed > 0) log.warn({ killed }, 'killed processes that a worker which is gone had left on this machine')
    await registrations.complete()
    heartbeats.wake()
  }

  async function serve(): Promise<void> {
    while (!stopping.signal.aborted) {
      round = new AbortController()
      const signal = AbortSignal.any([round.signal, stopping.signal])
      try {
        const claimed = await claimOnce({ source, clock, slots, registrations, signal })
        // A worker that stops starts nothing more: what it took just now is given back when it takes its leave.
        if (!stopping.signal.aborted) for (const each of claimed) slots.begin(each)
      } catch (error) {
        log.warn({ err: error }, 'could not claim runs')
        // A heartbeat says whether the server gave this worker up, and registers it anew.
        heartbeats.wake()
        await pauseFor(clock, CLAIM_RETRY_US, stopping.signal)
      }
    }
  }

  const ready = prepare()
  ready.catch(() => {})
  const serving = ready.then(serve, serve)

  return {
    setPools(pools) {
      if (registrations.set(pools)) round.abort()
    },
    get running() {
      return slots.attempts.size
    },
    ready,
    async stop() {
      unsubscribe?.()
      stopping.abort()
      await serving
      await slots.stop()
      await heartbeats.stop()
      await registrations.leave()
    },
  }
}

interface ClaimOnce extends Pick<WorkerOptions, 'source' | 'clock'> {
  readonly slots: AttemptSlots
  readonly registrations: Registrations
  readonly signal: AbortSignal
}

/** Waits for runs, or for a slot to run them in. */
async function claimOnce({ source, clock, slots, registrations, signal }: ClaimOnce): Promise<readonly ClaimedRun[]> {
  const workers = await registrations.complete()
  if (slots.free > 0 && workers.length > 0) {
    return source.claim(workers, { limit: slots.free, waitSeconds: CLAIM_WAIT_SECONDS, signal })
  }
  await Promise.race([slots.freed(), pauseFor(clock, CLAIM_WAIT_SECONDS * SECOND, signal)])
  return []
}
