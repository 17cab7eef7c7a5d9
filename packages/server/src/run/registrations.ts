import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Attempt } from './attempt.ts'
import type { WorkerKey, WorkerRegistration } from './worker-registry.ts'
import { type PoolKey, RefusedError, type WorkerSource } from './worker-source.ts'

export interface RegistrationsOptions {
  readonly source: WorkerSource
  readonly clock: Clock
  readonly log: Log
  readonly registration: WorkerRegistration
  readonly pools: readonly PoolKey[]
}

/** A worker's standing in each of its pools. */
export interface Registrations {
  /** Changes the pools; false when they are the same. */
  set(pools: readonly PoolKey[]): boolean
  /** Registers where it is missing; rejects when none of its pools takes it. */
  complete(): Promise<readonly WorkerKey[]>
  /** Sends a heartbeat per pool and passes on what is to be stopped. One that is refused is registered anew. */
  beat(attempts: ReadonlySet<Attempt>): Promise<void>
  /** Says that this worker stops. Never rejects. */
  leave(): Promise<void>
}

interface Standing {
  readonly pool: PoolKey
  worker: WorkerKey | null
}

export function createRegistrations({ source, log, registration, pools }: RegistrationsOptions): Registrations {
  let wanted = new Map<string, Standing>()
  /** Pools it no longer serves, kept until the runs it took from them have ended. */
  let left: Standing[] = []

  function set(next: readonly PoolKey[]): boolean {
    const before = wanted
    wanted = new Map(next.map((pool) => [nameOf(pool), before.get(nameOf(pool)) ?? { pool, worker: null }]))
    const gone = [...before].filter(([name]) => !wanted.has(name)).map(([, standing]) => standing)
    left.push(...gone)
    return gone.length > 0 || wanted.size !== before.size
  }
  set(pools)

  async function complete(): Promise<readonly WorkerKey[]> {
    const failures: unknown[] = []
    for (const standing of wanted.values()) {
      try {
        standing.worker ??= await source.register(standing.pool, registration)
      } catch (error) {
        log.warn({ err: error, pool: standing.pool.pool }, 'could not register for a work pool')
        failures.push(error)
      }
    }
    const workers = [...wanted.values()].flatMap(({ worker }) => worker ?? [])
    if (workers.length === 0 && failures.length > 0) throw failures[0]
    return workers
  }

  async function beatOne(standing: Standing, attempts: ReadonlySet<Attempt>): Promise<void> {
    const { worker } = standing
    if (worker === null) return
    const mine = [...attempts].filter(({ claimed }) => claimed.worker.id === worker.id)
    const held = mine.map(({ claimed }) => ({ runId: claimed.run.run_id, attempt: claimed.run.attempt }))
    try {
      const { cancel, lost } = await source.heartbeat(worker, held)
      for (const attempt of mine) {
        if (lost.includes(attempt.claimed.run.run_id)) attempt.lose()
        else if (cancel.includes(attempt.claimed.run.run_id)) attempt.cancel()
      }
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      log.warn({ reason: error.message }, 'the server gave this worker up; its runs are stopped, and it registers anew')
      standing.worker = null
      for (const attempt of mine) attempt.lose()
    }
  }

  async function takeLeave({ worker }: Standing): Promise<void> {
    if (worker === null) return
    await source
      .stop(worker, 'was stopped')
      .catch((error: unknown) => log.warn({ err: error }, 'could not say that this worker stops'))
  }

  return {
    set,
    complete,
    async beat(attempts) {
      for (const standing of [...wanted.values(), ...left]) await beatOne(standing, attempts)
      const idle = left.filter(({ worker }) => ![...attempts].some(({ claimed }) => claimed.worker.id === worker?.id))
      left = left.filter((standing) => !idle.includes(standing))
      for (const standing of idle) await takeLeave(standing)
    },
    async leave() {
      for (const standing of [...wanted.values(), ...left]) await takeLeave(standing)
    },
  }
}

const nameOf = ({ project, pool }: PoolKey): string => `${project} ${pool}`
