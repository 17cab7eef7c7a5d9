import type { LogLineRow } from '../store/run-table.ts'
import type { ClaimedRun } from './claim-runs.ts'
import type { AttemptReport } from './report-state.ts'
import type { ClaimWait } from './worker-protocol.ts'
import type { HeartbeatResult, HeldAttempt, WorkerKey, WorkerRegistration } from './worker-registry.ts'

/** A work pool as a worker names it. */
export interface PoolKey {
  /** Id or key of the project. */
  readonly project: string
  /** Name or id of the pool. */
  readonly pool: string
}

/**
 * Where a worker gets its runs from: the server it is part of, or one it reaches over HTTP. A method rejects with
 * `RefusedError` when saying the same again would not help, and with anything else when it may.
 */
export interface WorkerSource {
  register(pool: PoolKey, registration: WorkerRegistration): Promise<WorkerKey>
  heartbeat(worker: WorkerKey, running: readonly HeldAttempt[]): Promise<HeartbeatResult>
  claim(workers: readonly WorkerKey[], wait: ClaimWait): Promise<readonly ClaimedRun[]>
  reportState(worker: WorkerKey, runId: string, report: AttemptReport): Promise<void>
  appendLogs(worker: WorkerKey, runId: string, lines: readonly LogLineRow[]): Promise<void>
  stop(worker: WorkerKey, reason: string): Promise<void>
  /** Calls `listener` when some run was cancelled; a source without it is asked by heartbeats alone. */
  onCancel?(listener: () => void): () => void
}

/** The server will not take this, however often it is said. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}
