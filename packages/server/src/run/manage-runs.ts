import { SECOND } from '@upon/engine'
import { notFound, UserError } from '../lib/user-error.ts'
import type { RunRow } from '../store/run-table.ts'
import type { Tables } from '../store/store.ts'
import { changeState } from './change-state.ts'
import { isEnded, isHeld } from './run-state.ts'

/** Whose run is changed, and by whom. `project` is an id. */
export interface RunScope {
  readonly project: string
  readonly actor: string
}

/** What a person asks of one run. */
export interface RunRequest {
  readonly scope: RunScope
  /** Id, or name of the newest run that has it. */
  readonly reference: string
  readonly now: number
}

/**
 * A run that has not started is Cancelled at once; a running one is Cancelling until its worker has ended the process.
 * Throws `UserError` for one that has ended.
 */
export async function cancelRun(tx: Tables, request: RunRequest, reason: string | null): Promise<RunRow> {
  const run = await findRun(tx, request)
  const { scope, now: at } = request
  if (run.state.type === 'CANCELLING') return run
  if (isEnded(run.state.type)) throw new UserError('conflict', `run ${run.name} has ended: it is ${run.state.name}`)
  const message = `cancelled by ${scope.actor}${reason === null ? '' : `: ${reason}`}`
  const type = run.state.type === 'RUNNING' ? 'CANCELLING' : 'CANCELLED'
  await audit(tx, request, run, 'run.cancelled')
  return changeState(tx, run, { type, message, at, set: { cancelRequested: at } })
}

/** Lets a delayed run start at once; one that is already due stays as it is. */
export async function startRunNow(tx: Tables, request: RunRequest): Promise<RunRow> {
  const run = await findRun(tx, request)
  const { scope, now: at } = request
  if (run.state.type !== 'SCHEDULED') {
    throw new UserError('conflict', `run ${run.name} is ${run.state.name}: only a scheduled run can be started now`)
  }
  if (run.scheduledAt <= at) return run
  await audit(tx, request, run, 'run.started-now')
  return changeState(tx, run, {
    type: 'SCHEDULED',
    message: `was to start ${Math.ceil((run.scheduledAt - at) / SECOND)} s later; ${scope.actor} started it now`,
    at,
    set: { scheduledAt: at },
  })
}

/** Schedules a new attempt of a run that has ended. */
export async function retryRun(tx: Tables, request: RunRequest): Promise<RunRow> {
  const run = await findRun(tx, request)
  const { scope, now: at } = request
  if (!isEnded(run.state.type)) {
    throw new UserError('conflict', `run ${run.name} is ${run.state.name}: only a run that has ended can be retried`)
  }
  const deployment = await tx.deployments.find(run.project, run.deploymentId)
  if (deployment === null) {
    throw new UserError('conflict', `deployment "${run.flowName}/${run.deploymentName}" of run ${run.name} was deleted`)
  }
  await audit(tx, request, run, 'run.retried')
  return changeState(tx, run, {
    type: 'SCHEDULED',
    name: 'AwaitingRetry',
    message: `retried by ${scope.actor}`,
    at,
    set: {
      scheduledAt: at,
      // A run that was cancelled before it started has its first attempt still to come.
      attemptsMax: Math.max(run.attemptsMax, run.attempt + 1),
      cancelRequested: null,
      result: null,
      error: null,
    },
  })
}

/** Deletes a run with its states and logs. Throws `UserError` while a worker has it. */
export async function removeRun(tx: Tables, request: RunRequest): Promise<RunRow> {
  const run = await findRun(tx, request)
  if (isHeld(run.state.type)) {
    throw new UserError('conflict', `run ${run.name} is ${run.state.name}: cancel it first`)
  }
  await audit(tx, request, run, 'run.removed')
  await tx.runs.remove(run.project, run.id)
  return run
}

async function findRun(tx: Tables, { scope, reference }: RunRequest): Promise<RunRow> {
  const run = await tx.runs.find(scope.project, reference)
  if (run === null) throw notFound('run', reference)
  return run
}

async function audit(tx: Tables, { scope, now }: RunRequest, run: RunRow, action: string): Promise<void> {
  const { project, actor } = scope
  await tx.audit.add({ at: now, project, actor, action, target: run.id, detail: { name: run.name } })
}
