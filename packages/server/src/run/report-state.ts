import type { Json } from '@upon/engine'
import { notFound, UserError } from '../lib/user-error.ts'
import type { RunError, RunRow } from '../store/run-table.ts'
import type { Tables } from '../store/store.ts'
import { changeState } from './change-state.ts'
import { endAttempt } from './end-attempt.ts'
import { isHeld } from './run-state.ts'
import type { WorkerKey } from './worker-registry.ts'

/** What a worker says about an attempt it was given. */
export interface AttemptReport {
  readonly attempt: number
  readonly type: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'CRASHED'
  readonly name?: string | undefined
  readonly message?: string | undefined
  readonly result?: Json | undefined
  readonly error?: RunError | undefined
}

/** Who reports on which run. */
export interface Reporter {
  readonly worker: WorkerKey
  readonly runId: string
  readonly now: number
}

/**
 * Takes a worker's word for an attempt; the same word again changes nothing. Throws `UserError` (`conflict`) when the
 * attempt is not, or no longer, that worker's: it must then stop the process and say nothing more.
 */
export async function reportState(tx: Tables, reporter: Reporter, report: AttemptReport): Promise<RunRow | null> {
  const run = await attemptOf(tx, reporter, report.attempt)
  if (isRepeated(run, report)) return null
  if (!isHeld(run.state.type)) throw stale(run, report.attempt, `the run is ${run.state.name}`)
  const { type, name, message } = report
  if (run.state.type === 'PENDING' && type === 'COMPLETED') {
    throw new UserError('conflict', `attempt ${run.attempt} of run ${run.name} has not started: report RUNNING first`)
  }
  const at = reporter.now
  if (type === 'RUNNING') return changeState(tx, run, { type, name, message, at })
  return endAttempt(tx, run, { ...report, type, at })
}

/** The run a worker speaks of, provided that this attempt was given to it and to nobody after it. */
export async function attemptOf(tx: Tables, { worker, runId }: Reporter, attempt: number): Promise<RunRow> {
  const run = await tx.runs.get(runId)
  if (run === null || run.project !== worker.project) throw notFound('run', runId)
  if (run.attempt !== attempt) throw stale(run, attempt, `the run is at attempt ${run.attempt}`)
  if (run.workerId !== worker.id) throw stale(run, attempt, 'it was taken from this worker')
  return run
}

const stale = (run: RunRow, attempt: number, why: string): UserError =>
  new UserError('conflict', `attempt ${attempt} of run ${run.name} is not this worker's any more: ${why}`)

/** An answer may get lost on its way, and the worker then says the same again. */
function isRepeated({ state }: RunRow, { type, name }: AttemptReport): boolean {
  if (type === 'RUNNING') return state.type === 'RUNNING' || state.type === 'CANCELLING'
  if (type === 'FAILED' && state.name === 'AwaitingRetry') return true
  return state.type === type && (name === undefined || state.name === name)
}
