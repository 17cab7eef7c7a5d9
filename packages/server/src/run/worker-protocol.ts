import { SECOND } from '@upon/engine'
import type { LogLineRow } from '../store/run-table.ts'
import type { WorkerRow } from '../store/work-pool-table.ts'
import { type ClaimedRun, claimRuns } from './claim-runs.ts'
import { createLogBudget, type LogLimits } from './log-budget.ts'
import { type AttemptReport, attemptOf, reportState } from './report-state.ts'
import type { RunContext } from './run-context.ts'
import type { RunWakes } from './run-wakes.ts'
import {
  type HeartbeatResult,
  type HeldAttempt,
  heartbeat,
  registerWorker,
  releaseWorker,
  type WorkerKey,
  type WorkerRegistration,
} from './worker-registry.ts'

export interface ClaimWait {
  /** Most runs to take. */
  readonly limit: number
  /** How long to wait for the first. */
  readonly waitSeconds: number
  /** Ends the wait; what was taken by then is still given. */
  readonly signal: AbortSignal
}

/** What workers say and are told. Each method is one transaction; refusals are `UserError`s with nothing changed. */
export interface WorkerProtocol {
  registerWorker(project: string, pool: string, registration: WorkerRegistration): Promise<WorkerRow>
  heartbeat(worker: WorkerKey, running: readonly HeldAttempt[]): Promise<HeartbeatResult>
  /** Takes due runs for one worker, or for several that share their slots. Each attempt is given out once. */
  claim(workers: readonly WorkerKey[], wait: ClaimWait): Promise<readonly ClaimedRun[]>
  /** A `conflict` says that the attempt is no longer this worker's: it must stop it and say nothing more. */
  reportState(worker: WorkerKey, runId: string, report: AttemptReport): Promise<void>
  /** All of one attempt, which must be the worker's. */
  appendLogs(worker: WorkerKey, runId: string, lines: readonly LogLineRow[]): Promise<void>
  /** What it had not started is given back; what still runs crashes. */
  stopWorker(worker: WorkerKey, reason?: string): Promise<void>
  /** As `stopWorker`, for a worker that can no longer say so itself. */
  loseWorker(worker: WorkerKey, reason: string): Promise<void>
}

export interface ProtocolOptions {
  readonly context: RunContext
  readonly wakes: Pick<RunWakes, 'next' | 'stopping'>
  readonly logLimits?: LogLimits | undefined
  readonly onLogs: (project: string, runId: string) => void
}

export function createWorkerProtocol({ context, wakes, logLimits, onLogs }: ProtocolOptions): WorkerProtocol {
  const { store, clock, newId, announce, startable } = context
  const budget = createLogBudget(logLimits)

  async function release(worker: WorkerKey, reason: string, as: 'stopped' | 'lost'): Promise<void> {
    const ids = await store.transaction((tx) => releaseWorker(tx, worker.id, { reason, at: clock.now(), as }))
    announce(...ids.map((id) => ({ project: worker.project, id })))
    startable()
  }

  return {
    async registerWorker(project, pool, registration) {
      const id = newId()
      return store.transaction((tx) => registerWorker(tx, { id, project, pool, registration, now: clock.now() }))
    },
    heartbeat: (worker, running) => store.transaction((tx) => heartbeat(tx, worker, { running, now: clock.now() })),
    claim: (workers, wait) => claimWaiting({ context, wakes, workers, wait }),
    async reportState(worker, runId, report) {
      const run = await store.transaction((tx) => reportState(tx, { worker, runId, now: clock.now() }, report))
      if (run === null) return
      announce(run)
      if (report.type !== 'RUNNING') startable()
    },
    async appendLogs(worker, runId, lines) {
      const [first] = lines
      if (first === undefined) return
      const kept = budget.admit(runId, lines)
      await store.transaction(async (tx) => {
        const run = await attemptOf(tx, { worker, runId, now: clock.now() }, first.attempt)
        await tx.runs.appendLogs(run.id, run.project, kept)
      })
      if (kept.length > 0) onLogs(worker.project, runId)
    },
    stopWorker: (worker, reason = 'stopped while it was running') => release(worker, reason, 'stopped'),
    loseWorker: (worker, reason) => release(worker, reason, 'lost'),
  }
}

interface WaitingClaim {
  readonly context: RunContext
  readonly wakes: Pick<RunWakes, 'next' | 'stopping'>
  readonly workers: readonly WorkerKey[]
  readonly wait: ClaimWait
}

async function claimWaiting({ context, wakes, workers, wait }: WaitingClaim): Promise<readonly ClaimedRun[]> {
  const { store, clock, announce } = context
  const { limit, signal } = wait
  const until = clock.now() + Math.round(wait.waitSeconds * SECOND)
  for (;;) {
    // Listening starts before looking, so that what comes in between is not slept over.
    const looked = new AbortController()
    const woken = wakes.next(until, AbortSignal.any([signal, looked.signal]))
    try {
      const { claimed, changed } = await store.transaction((tx) => claimRuns(tx, { workers, limit, now: clock.now() }))
      announce(...changed)
      if (claimed.length > 0 || signal.aborted || wakes.stopping.aborted || clock.now() >= until) return claimed
      await woken
      if (signal.aborted || wakes.stopping.aborted) return []
    } finally {
      looked.abort()
    }
  }
}
