import { parseInstant, secondsToMicros } from '@upon/engine'
import type { ParsedRunInput } from '@upon/sdk'
import { invalid } from '../lib/user-error.ts'
import type { RunRow } from '../store/run-table.ts'
import type { Tables } from '../store/store.ts'
import { unknownName } from '../store/unknown-name.ts'
import { createRun } from './create-run.ts'
import { cancelRun, type RunRequest, type RunScope, removeRun, retryRun, startRunNow } from './manage-runs.ts'
import type { RunContext } from './run-context.ts'

export interface CreatedRun {
  readonly run: RunRow
  /** False when the idempotency key had made it before. */
  readonly created: boolean
}

/** What people ask of runs. Each method is one transaction with an audit row; refusals are `UserError`s with nothing changed. */
export interface RunRequests {
  /** Creates a run of a deployment (id, `flow/name` or key), once per idempotency key. */
  createRun(scope: RunScope, deployment: string, input: ParsedRunInput): Promise<CreatedRun>
  /** A run that has not started is Cancelled at once; a running one is Cancelling until its process is gone. */
  cancel(scope: RunScope, reference: string, reason?: string): Promise<RunRow>
  /** Lets a delayed run start at once. */
  startNow(scope: RunScope, reference: string): Promise<RunRow>
  /** A new attempt of a run that has ended. */
  retry(scope: RunScope, reference: string): Promise<RunRow>
  /** With its states and logs; refused while a worker has it. */
  remove(scope: RunScope, reference: string): Promise<void>
  /** Calls `listener` when a run that is executing is cancelled, so that its worker need not wait for a heartbeat. */
  onCancel(listener: (run: RunRow) => void): () => void
}

type Change = (tx: Tables, request: RunRequest) => Promise<RunRow>

export function createRunRequests(context: RunContext): RunRequests {
  const { store, clock, announce, startable } = context
  const cancelListeners = new Set<(run: RunRow) => void>()

  async function change(scope: RunScope, reference: string, work: Change): Promise<RunRow> {
    const run = await store.transaction((tx) => work(tx, { scope, reference, now: clock.now() }))
    announce(run)
    startable()
    return run
  }

  return {
    async createRun(scope, reference, input) {
      const made = await store.transaction((tx) => createRequested(tx, context, { scope, reference, input }))
      if (made.created) {
        announce(made.run)
        startable()
      }
      return made
    },
    async cancel(scope, reference, reason) {
      const run = await change(scope, reference, (tx, request) => cancelRun(tx, request, reason ?? null))
      if (run.state.type === 'CANCELLING') for (const listener of cancelListeners) listener(run)
      return run
    },
    startNow: (scope, reference) => change(scope, reference, startRunNow),
    retry: (scope, reference) => change(scope, reference, retryRun),
    async remove(scope, reference) {
      await change(scope, reference, removeRun)
    },
    onCancel(listener) {
      cancelListeners.add(listener)
      return () => void cancelListeners.delete(listener)
    },
  }
}

interface Requested {
  readonly scope: RunScope
  readonly reference: string
  readonly input: ParsedRunInput
}

async function createRequested(tx: Tables, context: RunContext, requested: Requested): Promise<CreatedRun> {
  const { scope, reference, input } = requested
  const deployment = await tx.deployments.find(scope.project, reference)
  if (deployment === null) throw await unknownName(tx, scope.project, 'deployment', reference)
  const now = context.clock.now()
  const made = await createRun(tx, {
    id: context.newId(),
    project: scope.project,
    deployment,
    name: input.name,
    parameters: input.parameters,
    jobVariables: input.job_variables,
    tags: input.tags,
    scheduledAt: startOf(input, now),
    now,
    launchId: null,
    actionIndex: null,
    automationId: null,
    automationKey: null,
    automationName: null,
    eventId: null,
    createdBy: scope.actor,
    idempotencyKey: input.idempotency_key ?? null,
    depth: 0,
    rootId: null,
    rootReceived: null,
    traceparent: null,
  })
  if (made.created) await auditCreated(tx, scope, made.run)
  return made
}

function startOf({ scheduled_at: at, schedule_after: after }: ParsedRunInput, now: number): number {
  if (after !== undefined) return now + secondsToMicros(after)
  if (at === undefined) return now
  const instant = parseInstant(at)
  if (instant === null) throw invalid(`scheduled_at is "${at}", which is no date and time such as 2026-01-31T08:00:00Z`)
  return instant
}

function auditCreated(tx: Tables, { project, actor }: RunScope, run: RunRow): Promise<void> {
  const detail = { name: run.name, deployment: `${run.flowName}/${run.deploymentName}` }
  return tx.audit.add({ at: run.created, project, actor, action: 'run.created', target: run.id, detail })
}
