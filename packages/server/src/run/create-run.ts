import { isJsonObject, type JsonObject } from '@upon/engine'
import { DEFAULT_WORK_QUEUE } from '@upon/sdk'
import { derivedId } from '../lib/ids.ts'
import { UserError } from '../lib/user-error.ts'
import type { DeploymentRow } from '../store/deployment-table.ts'
import type { RunRow } from '../store/run-table.ts'
import type { Tables } from '../store/store.ts'
import { checkParameters } from './check-parameters.ts'
import { flowRunEvent } from './flow-run-event.ts'
import { runNameOf } from './run-name.ts'
import { surroundingsOf } from './run-surroundings.ts'

/** What a run is made from. With a launch, its id follows from launch and action; without one, `id` is needed. */
export interface NewRun {
  readonly id?: string
  readonly project: string
  readonly deployment: Pick<DeploymentRow, 'id' | 'flowName' | 'name'>
  /** Two words are drawn when left out. */
  readonly name?: string | undefined
  /** Laid over the deployment's, member by member. */
  readonly parameters: JsonObject
  /** Laid over the deployment's, which lie over the work pool's; `env` is merged by name. */
  readonly jobVariables: JsonObject
  readonly tags: readonly string[]
  readonly scheduledAt: number
  readonly now: number
  readonly launchId: string | null
  readonly actionIndex: number | null
  readonly automationId: string | null
  readonly automationKey: string | null
  readonly automationName: string | null
  readonly eventId: string | null
  readonly createdBy: string
  /** The same key again, for the same deployment, gives the first run. */
  readonly idempotencyKey: string | null
  /** What the run's own events carry. */
  readonly depth: number
  readonly rootId: string | null
  readonly rootReceived: number | null
  readonly traceparent: string | null
}

/**
 * Creates a run with its Scheduled event, once per launch and action and once per idempotency key.
 * A paused deployment is run, too: pausing stops its schedules only. Throws `UserError` when the deployment is gone, or
 * its schema refuses the parameters.
 */
export async function createRun(tx: Tables, input: NewRun): Promise<{ run: RunRow; created: boolean }> {
  const deployment = await existingDeployment(tx, input)
  const pool = deployment.workPool === null ? null : await tx.workPools.find(input.project, deployment.workPool)
  const parameters = { ...deployment.parameters, ...input.parameters }
  checkParameters(deployment, parameters)
  const jobVariables = [pool?.jobVariables ?? {}, deployment.jobVariables, input.jobVariables].reduce(overlaid)
  const { run, created } = await tx.runs.add(newRow(input, deployment, { parameters, jobVariables }))
  if (created) {
    const surroundings = await surroundingsOf(tx, run)
    const automationName = surroundings.automationName ?? input.automationName
    await tx.raised.add([flowRunEvent({ run, previous: null, surroundings: { ...surroundings, automationName } })])
  }
  return { run, created }
}

async function existingDeployment(tx: Tables, { project, deployment }: NewRun): Promise<DeploymentRow> {
  const name = `${deployment.flowName}/${deployment.name}`
  const row = await tx.deployments.find(project, deployment.id)
  if (row === null) throw new UserError('not_found', `deployment "${name}" was deleted`)
  return row
}

function overlaid(base: JsonObject, over: JsonObject): JsonObject {
  const merged = { ...base, ...over }
  return isJsonObject(base.env) && isJsonObject(over.env) ? { ...merged, env: { ...base.env, ...over.env } } : merged
}

function newRow(input: NewRun, deployment: DeploymentRow, values: Pick<RunRow, 'parameters' | 'jobVariables'>): RunRow {
  const id = idOf(input)
  const { workPool } = deployment
  return {
    id,
    project: input.project,
    kind: 'flow-run',
    name: input.name ?? runNameOf(id),
    flowId: deployment.flowId,
    flowName: deployment.flowName,
    deploymentId: deployment.id,
    deploymentName: deployment.name,
    state: {
      id: derivedId('run-state', id, 'SCHEDULED', 'Scheduled'),
      type: 'SCHEDULED',
      name: 'Scheduled',
      message: workPool === null ? 'waits for a worker, but its deployment names no work pool' : null,
      at: input.now,
      attempt: 0,
    },
    ...values,
    tags: [...new Set([...deployment.tags, ...input.tags])],
    scheduledAt: input.scheduledAt,
    created: input.now,
    started: null,
    ended: null,
    attempt: 0,
    attemptsMax: deployment.retries + 1,
    retryDelaySeconds: deployment.retryDelaySeconds,
    timeoutSeconds: deployment.timeoutSeconds,
    launchId: input.launchId,
    actionIndex: input.actionIndex,
    automationId: input.automationId,
    automationKey: input.automationKey,
    eventId: input.eventId,
    createdBy: input.createdBy,
    idempotencyKey: input.idempotencyKey,
    workPool,
    workQueue: workPool === null ? null : (deployment.workQueue ?? DEFAULT_WORK_QUEUE),
    workerId: null,
    result: null,
    error: null,
    cancelRequested: null,
    depth: input.depth,
    rootId: input.rootId,
    rootReceived: input.rootReceived,
    traceparent: input.traceparent,
  }
}

function idOf({ id, launchId, actionIndex }: NewRun): string {
  if (id !== undefined) return id
  if (launchId === null || actionIndex === null) throw new Error('a run needs an id or a launch with an action')
  return derivedId('run', launchId, actionIndex)
}
