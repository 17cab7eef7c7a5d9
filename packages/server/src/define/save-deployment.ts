import { type ParsedDeployment, slugOf } from '@upon/sdk'
import { UserError } from '../lib/user-error.ts'
import type { DeploymentRow, FlowRow } from '../store/deployment-table.ts'
import type { Tables } from '../store/store.ts'
import type { Saved, Scope } from './define-service.ts'

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
  if (existing !== null) checkRevision(existing, save.ifMatch)
  const row = await nextRow(tx, save, flow, existing)
  if (existing !== null && sameDeployment(existing, row)) return { row: existing, change: 'unchanged' }
  await tx.deployments.save(row)
  const change = existing === null ? 'created' : 'updated'
  await auditDeployment(tx, scope, row, change, save.now)
  return { row, change }
}

export function checkRevision(row: DeploymentRow, ifMatch: number | undefined): void {
  if (ifMatch === undefined || ifMatch === row.revision) return
  const name = `${row.flowName}/${row.name}`
  throw new UserError(
    'precondition_failed',
    `deployment "${name}" is at revision ${row.revision}, not ${ifMatch}: read it again, then change it`,
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

async function ensureFlow(tx: Tables, { scope, input, now, newId }: SaveDeployment): Promise<FlowRow> {
  const existing = await tx.deployments.findFlow(scope.project, input.flow_name)
  if (existing !== null) return existing
  const flow: FlowRow = { id: newId(), project: scope.project, name: input.flow_name, tags: [], created: now }
  await tx.deployments.saveFlow(flow)
  return flow
}

async function nextRow(
  tx: Tables,
  { scope, input, now, newId }: SaveDeployment,
  flow: FlowRow,
  existing: DeploymentRow | null,
): Promise<DeploymentRow> {
  return {
    id: existing?.id ?? newId(),
    project: scope.project,
    key: input.key ?? existing?.key ?? (await freeKey(tx, scope, `${slugOf(flow.name)}-${slugOf(input.name)}`)),
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

async function freeKey(tx: Tables, scope: Scope, wanted: string): Promise<string> {
  const base = wanted.replace(/^[^a-z0-9]+/, '') || 'deployment'
  for (let attempt = 1; ; attempt += 1) {
    const key = attempt === 1 ? base : `${base}-${attempt}`
    if ((await tx.deployments.find(scope.project, key)) === null) return key
  }
}

function sameDeployment(a: DeploymentRow, b: DeploymentRow): boolean {
  const told = ({ revision: _revision, created: _created, updated: _updated, ...rest }: DeploymentRow) =>
    JSON.stringify(Object.entries(rest).sort())
  return told(a) === told(b)
}
