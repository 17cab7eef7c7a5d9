import { SECOND } from '@upon/engine'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { startLoop } from '../lib/loop.ts'
import type { Store } from '../store/store.ts'
import type { Executor } from './executor/executor.ts'
import { localWorkerSource } from './local-worker-source.ts'
import type { RunService } from './run-service.ts'
import { startWorker } from './worker.ts'

/** Attempts the embedded worker executes at the same time, at least. */
export const EMBEDDED_CONCURRENCY_MIN = 4
/** And this many per core of the machine. */
export const EMBEDDED_CONCURRENCY_PER_CORE = 2
/** Work pools made or removed without any run being asked for are noticed this much later at most. */
const POOLS_LOOK_US = 10 * SECOND

export interface EmbeddedWorkerOptions {
  readonly store: Pick<Store, 'read'>
  readonly runs: RunService
  readonly executor: Executor
  readonly clock: Clock
  readonly log: Log
  readonly host: string
  readonly pid: number
  readonly version: string
  /** Of this machine; decides how many attempts it executes at the same time. */
  readonly cores: number
  /** Where a deployment that recorded no directory starts. */
  readonly directory: string
  /** From SIGTERM to SIGKILL, in milliseconds. @default 10 s */
  readonly graceMs?: number
}

export interface EmbeddedWorker {
  readonly running: number
  stop(): Promise<void>
}

/** The worker inside the server: serves every `process` pool of every project that no other worker is online for. */
export function startEmbeddedWorker(options: EmbeddedWorkerOptions): EmbeddedWorker {
  const { store, runs, executor, clock, log, host, pid, version, cores, directory } = options
  const worker = startWorker({
    source: localWorkerSource(runs),
    executor,
    clock,
    log,
    registration: { name: 'embedded', host, pid, version, embedded: true },
    pools: [],
    concurrency: Math.max(EMBEDDED_CONCURRENCY_MIN, EMBEDDED_CONCURRENCY_PER_CORE * cores),
    directory,
    ...(options.graceMs !== undefined && { graceMs: options.graceMs }),
  })
  const pools = startLoop({
    clock,
    onError: (error) => log.error({ err: error }, 'could not look for work pools'),
    async turn() {
      const rows = await store.read.workPools.ofType('process')
      worker.setPools(rows.map(({ project, id }) => ({ project, pool: id })))
      return clock.now() + POOLS_LOOK_US
    },
  })
  pools.wake()
  const unsubscribe = runs.onWake(pools.wake)

  return {
    get running() {
      return worker.running
    },
    async stop() {
      unsubscribe()
      await pools.stop()
      await worker.stop()
    },
  }
}
