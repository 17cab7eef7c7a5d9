import { SECOND } from '@upon/engine'
import { notFound, UserError } from '../lib/user-error.ts'
import type { Tables } from '../store/store.ts'
import type { WorkerRow } from '../store/work-pool-table.ts'
import { endAttempt, giveBack } from './end-attempt.ts'

/** How often a worker says that it is alive. */
export const HEARTBEAT_EVERY_US = 3 * SECOND
/** Silence after which a worker is lost: three heartbeats that did not come. */
export const LOST_AFTER_US = 3 * HEARTBEAT_EVERY_US + SECOND
/** An attempt a worker does not know of this long after it was given out never reached it. */
const UNRECEIVED_AFTER_US = 10 * SECOND

/** Which worker speaks. `project` is an id. */
export interface WorkerKey {
  readonly project: string
  readonly id: string
}

export interface WorkerRegistration {
  readonly name: string
  readonly host: string
  readonly pid: number
  readonly version: string
  readonly embedded: boolean
}

export interface HeldAttempt {
  readonly runId: string
  readonly attempt: number
}

export interface HeartbeatResult {
  /** Runs to stop because somebody cancelled them. */
  readonly cancel: readonly string[]
  /** Runs that are no longer this worker's. */
  readonly lost: readonly string[]
}

/** Whether a worker was heard of lately enough to count as serving its pool. */
export const isOnline = (worker: WorkerRow, now: number): boolean =>
  worker.stopped === null && worker.lost === null && worker.lastHeartbeat >= now - LOST_AFTER_US

export interface Registering {
  readonly id: string
  readonly project: string
  readonly pool: string
  readonly registration: WorkerRegistration
  readonly now: number
}

export async function registerWorker(tx: Tables, { id, project, pool, registration, now }: Registering) {
  const found = await tx.workPools.find(project, pool)
  if (found === null) throw notFound('work pool', pool, 'create it with: upon work-pool create NAME')
  const row: WorkerRow = {
    ...registration,
    id,
    project,
    poolId: found.id,
    poolName: found.name,
    started: now,
    lastHeartbeat: now,
    stopped: null,
    lost: null,
  }
  await tx.workPools.saveWorker(row)
  return row
}

/** The worker as it may still speak. Throws `UserError` when it is unknown, stopped or was given up. */
export async function speakingWorker(tx: Tables, key: WorkerKey): Promise<WorkerRow> {
  const worker = await tx.workPools.worker(key.id)
  if (worker === null || worker.project !== key.project) throw notFound('worker', key.id, 'register first')
  if (worker.lost !== null) throw gone(worker, 'was given up after its heartbeats stopped; register again')
  if (worker.stopped !== null) throw gone(worker, 'has stopped; register again')
  return worker
}

const gone = (worker: WorkerRow, how: string) =>
  new UserError('conflict', `worker ${worker.name} (${worker.id}) ${how}`)

/** Notes that a worker is alive with what it works on; says what it must stop, and takes back what never reached it. */
export async function heartbeat(
  tx: Tables,
  key: WorkerKey,
  { running, now: at }: { running: readonly HeldAttempt[]; now: number },
): Promise<HeartbeatResult> {
  const worker = await speakingWorker(tx, key)
  await tx.workPools.saveWorker({ ...worker, lastHeartbeat: at })
  const held = await tx.runs.heldBy(worker.id)
  const known = new Map(running.map(({ runId, attempt }) => [runId, attempt]))
  for (const run of held) {
    const unknown = known.get(run.id) !== run.attempt && run.state.type === 'PENDING'
    if (unknown && run.state.at < at - UNRECEIVED_AFTER_US) {
      await giveBack(tx, run, { reason: `it never reached worker ${worker.name}`, at })
    }
  }
  const attempts = new Map(held.map((run) => [run.id, run.attempt]))
  return {
    cancel: held.filter((run) => run.state.type === 'CANCELLING').map((run) => run.id),
    lost: running.filter(({ runId, attempt }) => attempts.get(runId) !== attempt).map(({ runId }) => runId),
  }
}

export interface Release {
  /** Why its runs crash, as the end of a sentence about the worker. */
  readonly reason: string
  readonly at: number
  readonly as: 'stopped' | 'lost'
}

/**
 * Takes everything from a worker that stopped or was lost: what it had not started is given back, what it had started
 * crashes. Returns the runs concerned; a worker that is gone already has none.
 */
export async function releaseWorker(tx: Tables, id: string, { reason, at, as }: Release): Promise<readonly string[]> {
  const worker = await tx.workPools.worker(id)
  if (worker === null || worker.stopped !== null || worker.lost !== null) return []
  await tx.workPools.saveWorker({ ...worker, [as]: at })
  const held = await tx.runs.heldBy(id)
  const message = `worker ${worker.name} (pid ${worker.pid} on ${worker.host}) ${reason}`
  for (const run of held) {
    if (run.state.type === 'PENDING') await giveBack(tx, run, { reason: message, at })
    else if (run.state.type === 'CANCELLING') await endAttempt(tx, run, { type: 'CANCELLED', message, at })
    else await endAttempt(tx, run, { type: 'CRASHED', message, error: { message, type: null, traceback: null }, at })
  }
  return held.map((run) => run.id)
}
