import type { RunAssignment } from '@upon/sdk'
import type { DeploymentRow } from '../store/deployment-table.ts'
import type { RunRow } from '../store/run-table.ts'
import type { Tables } from '../store/store.ts'
import type { WorkerRow } from '../store/work-pool-table.ts'
import { changeState } from './change-state.ts'
import { LOST_AFTER_US, speakingWorker, type WorkerKey } from './worker-registry.ts'

/** Blocked runs looked at per claim; the newest come first, and older ones were marked when they came due. */
const BLOCKED_PER_CLAIM_MAX = 200

export interface Claim {
  readonly workers: readonly WorkerKey[]
  /** Most runs to take over all workers. */
  readonly limit: number
  readonly now: number
}

export interface ClaimedRun {
  readonly worker: WorkerKey
  readonly run: RunAssignment
}

export interface ClaimResult {
  readonly claimed: readonly ClaimedRun[]
  /** Every run whose state changed: taken, or shown to be waiting, or cancelled. */
  readonly changed: readonly RunRow[]
}

/** Gives due runs to workers: each becomes PENDING with its next attempt number and the worker's id. */
export async function claimRuns(tx: Tables, { workers, limit, now }: Claim): Promise<ClaimResult> {
  const claimed: ClaimedRun[] = []
  const changed: RunRow[] = []
  for (const key of workers) {
    const worker = await speakingWorker(tx, key)
    if (worker.embedded && (await isServedByOther(tx, worker, now))) continue
    const left = limit - claimed.length
    if (left <= 0) break
    const ready = await tx.runs.ready(worker.poolId, now, left)
    for (const run of ready) {
      const given = await give(tx, run, { worker, now })
      changed.push(given.row)
      if (given.assignment !== null) claimed.push({ worker: key, run: given.assignment })
    }
    if (ready.length < left) changed.push(...(await markBlocked(tx, worker.poolId, now)))
  }
  return { claimed, changed }
}

async function isServedByOther(tx: Tables, worker: WorkerRow, now: number): Promise<boolean> {
  const online = await tx.workPools.workers({ poolId: worker.poolId, aliveSince: now - LOST_AFTER_US })
  return online.some((other) => !other.embedded)
}

async function give(tx: Tables, run: RunRow, { worker, now: at }: { worker: WorkerRow; now: number }) {
  const deployment = await tx.deployments.find(run.project, run.deploymentId)
  if (deployment === null) {
    const message = `deployment "${run.flowName}/${run.deploymentName}" was deleted before the run started`
    return { row: await changeState(tx, run, { type: 'CANCELLED', message, at }), assignment: null }
  }
  const set = { attempt: run.attempt + 1, workerId: worker.id }
  const row = await changeState(tx, run, { type: 'PENDING', message: `given to worker ${worker.name}`, at, set })
  return { row, assignment: assignmentOf(row, deployment) }
}

function assignmentOf(run: RunRow, deployment: DeploymentRow): RunAssignment {
  const { env, command, working_dir: directory } = run.jobVariables
  return {
    run_id: run.id,
    name: run.name,
    attempt: run.attempt,
    flow: run.flowName,
    deployment: run.deploymentName,
    entrypoint: deployment.entrypoint,
    command: commandOf(command) ?? copied(deployment.command),
    directory: typeof directory === 'string' ? directory : deployment.directory,
    commit: deployment.commit,
    parameters: run.parameters,
    env: textValues(env),
    timeout_seconds: run.timeoutSeconds,
    traceparent: run.traceparent,
  }
}

function commandOf(given: unknown): string | string[] | null {
  if (typeof given === 'string' && given !== '') return given
  return Array.isArray(given) && given.length > 0 && given.every((part) => typeof part === 'string') ? given : null
}

const copied = (command: DeploymentRow['command']): string | string[] | null =>
  command === null || typeof command === 'string' ? command : [...command]

/** Environment variables are text: what is not becomes JSON, and a null leaves the variable out. */
function textValues(env: unknown): Record<string, string> {
  if (typeof env !== 'object' || env === null) return {}
  return Object.fromEntries(
    Object.entries(env)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

/** Due runs that only their deployment's limit holds up are shown as waiting for a slot, or cancelled if it says so; a retry is none it calls new. */
async function markBlocked(tx: Tables, poolId: string, at: number): Promise<RunRow[]> {
  const marked: RunRow[] = []
  for (const { run, limit, cancelNew } of await tx.runs.blocked(poolId, at, BLOCKED_PER_CLAIM_MAX)) {
    const name = `${run.flowName}/${run.deploymentName}`
    const full = `deployment "${name}" already runs as many as its concurrency limit of ${limit} allows`
    const change =
      cancelNew && run.attempt === 0
        ? ({ type: 'CANCELLED', message: `${full}, and its collision strategy is CANCEL_NEW` } as const)
        : ({ type: 'SCHEDULED', name: 'AwaitingConcurrencySlot', message: full } as const)
    marked.push(await changeState(tx, run, { ...change, at }))
  }
  return marked
}
