import { type JsonObject, type Problem, parseTrigger } from '@upon/engine'
import {
  automationInputSchema,
  type Change,
  type DeploymentTrigger,
  NAME_CHARS_MAX,
  type ParsedAutomation,
  type ParsedDeploy,
  type Warning,
} from '@upon/sdk'
import { checkParameters } from '../act/template/parameters.ts'
import { invalid } from '../lib/user-error.ts'
import type { AutomationRow } from '../store/automation-table.ts'
import type { DeploymentRow } from '../store/deployment-table.ts'
import type { Tables } from '../store/store.ts'
import { warningsOf } from './check-automation.ts'
import type { DefineContext } from './define-context.ts'
import type { DeployReport, Saved, Scope } from './define-service.ts'
import { commitUnlessDry } from './dry-run.ts'
import { removeAutomation, saveAutomation } from './save-automation.ts'
import { saveDeployment } from './save-deployment.ts'
import { ensureWorkPool, unknownPool } from './work-pools.ts'
import { ensureQueue } from './work-queues.ts'

type DeployItem = ParsedDeploy['deployments'][number]
type OwnedAutomation = DeployReport['automations'][number]

/** Applies deployments with everything they own in one transaction: all of it or nothing. */
export async function deploy(context: DefineContext, scope: Scope, request: ParsedDeploy): Promise<DeployReport> {
  checkItems(context, request)
  return commitUnlessDry(context, request.dry_run, (tx) => deployInside(tx, context, scope, request))
}

/** The name of the automation that owns nothing else but deployment `id`'s triggers. */
export const ownerOf = (deploymentId: string): string => `prefect.deployment.${deploymentId}`

function checkItems({ renderer }: DefineContext, request: ParsedDeploy): void {
  const problems: Problem[] = []
  const names = new Set<string>()
  for (const [index, item] of request.deployments.entries()) {
    const name = `${item.flow_name}/${item.name}`
    if (names.has(name)) {
      problems.push({ path: `deployments[${index}].name`, message: `deployment "${name}" is given twice`, found: name })
    }
    names.add(name)
    for (const [position, trigger] of item.triggers.entries()) {
      const path = `deployments[${index}].triggers[${position}]`
      const at = (problem: Problem): Problem => ({
        ...problem,
        path: problem.path === '' ? path : `${path}.${problem.path}`,
      })
      const parsed = parseTrigger(trigger.trigger)
      if (!parsed.ok) problems.push(...parsed.problems.map(at))
      problems.push(...checkParameters(trigger.parameters ?? {}, renderer).map(at))
    }
  }
  if (problems.length > 0) throw invalid('the deployments are not valid', problems)
}

async function deployInside(tx: Tables, context: DefineContext, scope: Scope, request: ParsedDeploy) {
  const pools = await ensurePools(tx, context, scope, request)
  const deployments: Saved<DeploymentRow>[] = []
  const workQueues: DeployReport['workQueues'][number][] = []
  const automations: OwnedAutomation[] = []
  const sequences: (number | null)[] = []
  for (const item of request.deployments) {
    const { triggers: _triggers, ...input } = item
    const now = context.clock.now()
    const saved = await saveDeployment(tx, { scope, input, now, newId: context.newId })
    deployments.push(saved)
    const queue = await ensureQueue(tx, context, scope, saved.row)
    if (queue !== null) workQueues.push({ name: queue.name, workPool: queue.poolName, change: 'created' })
    const owned = await replaceOwned(tx, context, scope, item, saved.row)
    automations.push(...owned.automations)
    sequences.push(...owned.sequences)
  }
  const warnings = warningsFor(automations)
  const report: DeployReport = { deployments, workPools: pools, workQueues, automations, warnings }
  return { result: report, sequences, startable: true }
}

async function ensurePools(
  tx: Tables,
  context: DefineContext,
  scope: Scope,
  request: ParsedDeploy,
): Promise<DeployReport['workPools']> {
  const pools = new Map<string, DeployReport['workPools'][number]>()
  const problems: Problem[] = []
  for (const [index, { work_pool: name }] of request.deployments.entries()) {
    if (name === null || pools.has(name)) continue
    const existing = await tx.workPools.find(scope.project, name)
    if (existing === null && !request.create_missing_work_pools) {
      problems.push(await unknownPool(tx, scope, name, `deployments[${index}].work_pool`))
      continue
    }
    const pool = existing ?? (await ensureWorkPool(tx, context, scope, name))
    pools.set(name, { name, type: pool.type, change: existing === null ? 'created' : 'unchanged' })
  }
  if (problems.length > 0) throw invalid('the deployments are not valid', problems)
  return [...pools.values()]
}

/** As Prefect names them, cut to what a name may have. */
function defaultName(deployment: string, index: number): string {
  const suffix = `__automation_${index + 1}`
  return deployment.slice(0, NAME_CHARS_MAX - suffix.length) + suffix
}

/**
 * Brings the automations a deployment owns to what its triggers say, `enabled` included: the file is the truth, and what
 * was disabled by hand meanwhile is reported as updated. Unchanged ones keep their id and version; a trigger that stays
 * the same keeps its progress, whatever else of its automation changes.
 */
async function replaceOwned(
  tx: Tables,
  context: DefineContext,
  scope: Scope,
  item: DeployItem,
  deployment: DeploymentRow,
): Promise<{ automations: readonly OwnedAutomation[]; sequences: readonly (number | null)[] }> {
  const owner = ownerOf(deployment.id)
  const fullName = `${deployment.flowName}/${deployment.name}`
  const left = [...(await tx.automations.all({ project: scope.project, owner }))]
  const automations: OwnedAutomation[] = []
  const sequences: (number | null)[] = []
  const note = (row: AutomationRow, change: Change, sequence: number | null) => {
    automations.push({ row, change, deployment: fullName })
    sequences.push(sequence)
  }
  for (const [index, trigger] of item.triggers.entries()) {
    const name = trigger.name ?? defaultName(deployment.name, index)
    const at = left.findIndex((row) => row.name === name)
    const existing = at < 0 ? null : (left.splice(at, 1)[0] ?? null)
    const input = triggerAutomation(trigger, name, deployment)
    const { clock, newId } = context
    const saved = await saveAutomation(tx, { scope, input, existing, owner, now: clock.now(), newId })
    note(saved.row, saved.change, saved.sequence)
  }
  for (const row of left) {
    note(row, 'removed', await removeAutomation(tx, scope, row, context.clock.now()))
  }
  return { automations, sequences }
}

/** A deployment trigger as the automation it stands for (spec: automations 6). */
function triggerAutomation(trigger: DeploymentTrigger, name: string, deployment: DeploymentRow): ParsedAutomation {
  const action: JsonObject = {
    type: 'run-deployment',
    source: 'selected',
    deployment_id: deployment.id,
    parameters: trigger.parameters ?? null,
    job_variables: trigger.job_variables ?? null,
    schedule_after: trigger.schedule_after,
  }
  return automationInputSchema.parse({
    name,
    description: trigger.description,
    enabled: trigger.enabled,
    trigger: trigger.trigger,
    actions: [action],
  })
}

function warningsFor(automations: readonly OwnedAutomation[]): readonly Warning[] {
  return automations.flatMap(({ row, change }) =>
    change === 'removed'
      ? []
      : warningsOf(row).map((warning) => ({ ...warning, path: `${row.name}: ${warning.path}` })),
  )
}
