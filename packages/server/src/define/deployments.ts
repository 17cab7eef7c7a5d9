import { invalid, notFound, UserError } from '../lib/user-error.ts'
import type { DeploymentRow } from '../store/deployment-table.ts'
import type { Tables } from '../store/store.ts'
import { unknownName } from '../store/unknown-name.ts'
import type { DefineContext } from './define-context.ts'
import type { DefineService, Scope } from './define-service.ts'
import { deploy, ownerOf } from './deploy.ts'
import { removeAutomation } from './save-automation.ts'
import { auditDeployment, auditFlow, checkRevision, sameDeployment, saveDeployment } from './save-deployment.ts'
import { unknownPool } from './work-pools.ts'
import { ensureQueue } from './work-queues.ts'

type Deployments = Pick<
  DefineService,
  'deploy' | 'putDeployment' | 'patchDeployment' | 'removeDeployment' | 'removeFlow'
>

/** The part of the define service that deals with flows and deployments. */
export function defineDeployments(context: DefineContext): Deployments {
  const { clock, newId, commit } = context
  return {
    deploy: (scope, request) => deploy(context, scope, request),

    putDeployment: (scope, input, match) =>
      commit(async (tx) => {
        await requirePool(tx, scope, input.work_pool)
        const result = await saveDeployment(tx, { scope, input, now: clock.now(), newId, ...match })
        await ensureQueue(tx, context, scope, result.row)
        return { result, sequences: [], startable: true }
      }),

    patchDeployment: (scope, reference, patch, { ifMatch }) =>
      commit(async (tx) => {
        const row = await findDeployment(tx, scope, reference)
        checkRevision(row, ifMatch)
        await requirePool(tx, scope, patch.work_pool ?? null)
        const changed = patched(row, patch)
        if (sameDeployment(row, changed)) return { result: row, sequences: [] }
        const next: DeploymentRow = { ...changed, revision: row.revision + 1, updated: clock.now() }
        await tx.deployments.save(next)
        await ensureQueue(tx, context, scope, next)
        await auditDeployment(tx, scope, next, 'updated', clock.now())
        return { result: next, sequences: [], startable: true }
      }),

    removeDeployment: (scope, reference) =>
      commit(async (tx) => {
        const row = await findDeployment(tx, scope, reference)
        const sequences: (number | null)[] = []
        for (const owned of await tx.automations.all({ project: scope.project, owner: ownerOf(row.id) })) {
          sequences.push(await removeAutomation(tx, scope, owned, clock.now()))
        }
        await tx.deployments.remove(scope.project, row.id)
        await auditDeployment(tx, scope, row, 'removed', clock.now())
        return { result: undefined, sequences }
      }),

    removeFlow: (scope, reference) =>
      commit(async (tx) => {
        const flow = await tx.deployments.findFlow(scope.project, reference)
        if (flow === null) throw notFound('flow', reference)
        const used = await tx.deployments.count({ project: scope.project, flow: flow.name })
        if (used > 0) {
          const message = `flow "${flow.name}" still has ${used} deployment${used === 1 ? '' : 's'}; delete them first`
          throw new UserError('conflict', message)
        }
        await tx.deployments.removeFlow(scope.project, flow.id)
        await auditFlow(tx, scope, flow, 'removed', clock.now())
        return { result: undefined, sequences: [] }
      }),
  }
}

async function findDeployment(tx: Tables, scope: Scope, reference: string): Promise<DeploymentRow> {
  const row = await tx.deployments.find(scope.project, reference)
  if (row === null) throw await unknownName(tx, scope.project, 'deployment', reference)
  return row
}

async function requirePool(tx: Tables, scope: Scope, name: string | null): Promise<void> {
  if (name === null || (await tx.workPools.find(scope.project, name)) !== null) return
  const problem = await unknownPool(tx, scope, name, 'work_pool')
  throw invalid(problem.message, [problem])
}

function patched(row: DeploymentRow, patch: Parameters<DefineService['patchDeployment']>[2]): DeploymentRow {
  const given = <T>(value: T | undefined, stored: T): T => (value === undefined ? stored : value)
  return {
    ...row,
    version: given(patch.version, row.version),
    description: given<string | null>(patch.description, row.description),
    tags: given<readonly string[]>(patch.tags, row.tags),
    parameters: given(patch.parameters, row.parameters),
    enforceParameterSchema: given(patch.enforce_parameter_schema, row.enforceParameterSchema),
    jobVariables: given(patch.job_variables, row.jobVariables),
    concurrencyLimit: given(patch.concurrency_limit, row.concurrencyLimit),
    collisionStrategy: given(patch.collision_strategy, row.collisionStrategy),
    workPool: given(patch.work_pool, row.workPool),
    workQueue: given(patch.work_queue, row.workQueue),
    paused: given(patch.paused, row.paused),
    schedules: given<DeploymentRow['schedules']>(patch.schedules, row.schedules),
    timeoutSeconds: given(patch.timeout_seconds, row.timeoutSeconds),
    retries: given(patch.retries, row.retries),
    retryDelaySeconds: given(patch.retry_delay_seconds, row.retryDelaySeconds),
  }
}
