import { isDeepStrictEqual } from 'node:util'
import { type ParsedDeployment, slugOf } from '@upon/sdk'
import { UserError } from '../lib/user-error.ts'
import type { DeploymentRow, FlowRow } from '../store/deployment-table.ts'
import type { Tables } from '../store/store.ts'
import type { Saved, Scope } from './define-service.ts'
import { numbered } from './save-automation.ts'

export interface SaveDeployment {
  readonly scope: Scope
  readonly input: ParsedDeployment
  readonly now: number
  readonly newId: () => string
  /** The revision the caller last saw. */
  readonly ifMatch?: number
}

/** Creates or replaces a deployment by its identity (flow, name); the flow is made if missing. */
export async function saveDeployment(tx: Tables, save: SaveDeployment): Promise<Saved<DeploymentRow>> {
  const { scope, input } = save
  const flow = await ensureFlow(tx, save)
  const existing = await tx.deployments.find(scope.project, `${flow.name}/${input.name}`)
  checkRevision(existing ?? { flowName: flow.name, name: input.name, revision: 0 }, save.ifMatch)
  const row = await nextRow(tx, save, flow, existing)
  if (existing !== null && sameDeployment(existing, row)) return { row: existing, change: 'unchanged' }
  await tx.deployments.save(row)
  const change = existing === null ? 'created' : 'updated'
  await auditDeployment(tx, scope, row, change, save.now)
  return { row, change }
}

export function checkRevision(
  { flowName, name, revision }: Pick<DeploymentRow, 'flowName' | 'name' | 'revision'>,
  ifMatch: number | undefined,
): void {
  if (ifMatch === undefined || ifMatch === revision) return
  const is = revision === 0 ? 'does not exist' : `is at revision ${revision}`
  throw new UserError(
    'precondition_failed',
    `deployment "${flowName}/${name}" ${is}, not at ${ifMatch}: read it again, then change it`,
  )
}

export async function auditDeployment(
  tx: Tables,
  scope: Scope,
  row: DeploymentRow,
  change: 'created' | 'updated' | 'removed' | 'paused' | 'resumed',
  now: number,
): Promise<void> {
  await tx.audit.add({
    at: now,
    project: scope.project,
    actor: scope.actor,
    action: `deployment.${change}`,
    target: row.id,
    detail: { name: `${row.flowName}/${row.name}`, revision: row.revision },
  })
}

export async function auditFlow(
  tx: Tables,
  { project, actor }: Scope,
  flow: FlowRow,
  change: 'created' | 'removed',
  now: number,
): Promise<void> {
  const { id: target, name } = flow
  await tx.audit.add({ at: now, project, actor, action: `flow.${change}`, target, detail: { name } })
}

async function ensureFlow(tx: Tables, { scope, input, now, newId }: SaveDeployment): Promise<FlowRow> {
  const existing = await tx.deployments.findFlow(scope.project, input.flow_name)
  if (existing !== null) return existing
  const flow: FlowRow = { id: newId(), project: scope.project, name: input.flow_name, tags: [], created: now }
  await tx.deployments.saveFlow(flow)
  await auditFlow(tx, scope, flow, 'created', now)
  return flow
}

async function nextRow(
  tx: Tables,
  save: SaveDeployment,
  flow: FlowRow,
  existing: DeploymentRow | null,
): Promise<DeploymentRow> {
  const { scope, input, now, newId } = save
  return {
    id: existing?.id ?? newId(),
    project: scope.project,
    key: await keyFor(tx, save, flow, existing),
    flowId: flow.id,
    flowName: flow.name,
    name: input.name,
    revision: (existing?.revision ?? 0) + 1,
    version: input.version,
    description: input.description,
    tags: input.tags,
    entrypoint: input.entrypoint,
    command: input.command,
    directory: input.directory,
    commit: input.commit,
    parameters: input.parameters,
    parameterSchema: input.parameter_schema,
    enforceParameterSchema: input.enforce_parameter_schema,
    jobVariables: input.job_variables,
    concurrencyLimit: input.concurrency_limit,
    collisionStrategy: input.collision_strategy,
    workPool: input.work_pool,
    workQueue: input.work_queue,
    paused: input.paused,
    schedules: input.schedules,
    timeoutSeconds: input.timeout_seconds,
    retries: input.retries,
    retryDelaySeconds: input.retry_delay_seconds,
    created: existing?.created ?? now,
    updated: now,
  }
}

/** A given key is taken as it is; one made from flow and name gives way to keys that exist. */
async function keyFor(
  tx: Tables,
  { scope, input }: SaveDeployment,
  flow: FlowRow,
  existing: DeploymentRow | null,
): Promise<string> {
  const holder = async (key: string) => {
    const other = await tx.deployments.find(scope.project, key)
    return other === null || other.id === existing?.id ? null : other
  }
  if (input.key !== undefined) {
    const other = await holder(input.key)
    if (other === null) return input.key
    throw new UserError('conflict', `deployment "${other.flowName}/${other.name}" has the key "${input.key}"`)
  }
  if (existing !== null) return existing.key
  const base = `${slugOf(flow.name)}-${slugOf(input.name)}`.replace(/^[^a-z0-9]+/, '') || 'deployment'
  for (let attempt = 1; ; attempt += 1) {
    const key = numbered(base, attempt)
    if ((await holder(key)) === null) return key
  }
}

/** Whether they say the same, whatever the order of their members. */
export function sameDeployment(a: DeploymentRow, b: DeploymentRow): boolean {
  const told = ({ revision: _revision, created: _created, updated: _updated, ...rest }: DeploymentRow): unknown =>
    JSON.parse(JSON.stringify(rest))
  return isDeepStrictEqual(told(a), told(b))
}
