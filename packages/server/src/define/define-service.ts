import type { Json } from '@upon/engine'
import type {
  ApplyChange,
  AutomationDocument,
  Change,
  ParsedApply,
  ParsedAutomation,
  ParsedDeploy,
  ParsedDeployment,
  ParsedDeploymentPatch,
  Warning,
} from '@upon/sdk'
import type { AutomationRow } from '../store/automation-table.ts'
import type { DeploymentRow } from '../store/deployment-table.ts'
import type { ProjectRow } from '../store/project-table.ts'
import type { VariableRow } from '../store/variable-table.ts'
import type { WorkPoolRow, WorkQueueRow } from '../store/work-pool-table.ts'

/** Whose project is changed, and by whom. `project` is an id. */
export interface Scope {
  readonly project: string
  readonly actor: string
}

/** The version (automation) or revision (deployment) the caller last saw; another one in force is a `precondition_failed`. */
export interface IfMatch {
  readonly ifMatch?: number
}

export interface Saved<Row> {
  readonly row: Row
  readonly change: 'created' | 'updated' | 'unchanged'
}

export interface AutomationPatchInput {
  readonly enabled?: boolean | undefined
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export interface DeployReport {
  readonly deployments: readonly Saved<DeploymentRow>[]
  readonly workPools: readonly {
    readonly name: string
    readonly type: string
    readonly change: 'created' | 'unchanged'
  }[]
  /** Queues that were missing. */
  readonly workQueues: readonly { readonly name: string; readonly workPool: string; readonly change: 'created' }[]
  readonly automations: readonly {
    readonly row: AutomationRow
    readonly change: Change
    /** `flow/name` of the owner. */
    readonly deployment: string
  }[]
  readonly warnings: readonly Warning[]
}

export interface WorkPoolChange {
  readonly description?: string | undefined
  readonly paused?: boolean | undefined
  readonly concurrency_limit?: number | null | undefined
  readonly job_variables?: Readonly<Record<string, Json>> | undefined
}

export interface WorkQueueChange {
  readonly priority?: number | undefined
  readonly concurrency_limit?: number | null | undefined
  readonly paused?: boolean | undefined
}

/**
 * Everything people define: automations, deployments and what they need. Each method is one transaction with an audit
 * row, throws `UserError` with nothing changed, and resolves when a changed automation is in the log.
 */
export interface DefineService {
  createAutomation(scope: Scope, input: ParsedAutomation): Promise<AutomationRow>
  /** Creates the automation when `reference` (id, key or name) names none and the input has that key. */
  replaceAutomation(
    scope: Scope,
    reference: string,
    input: ParsedAutomation,
    match: IfMatch,
  ): Promise<Saved<AutomationRow>>
  patchAutomation(scope: Scope, reference: string, patch: AutomationPatchInput, match: IfMatch): Promise<AutomationRow>
  removeAutomation(scope: Scope, reference: string): Promise<void>
  /** What looks wrong with a valid automation. */
  warnings(row: AutomationRow): readonly Warning[]
  apply(scope: Scope, request: ParsedApply): Promise<readonly ApplyChange[]>
  /** Automations nothing owns, by key, such that applying them changes nothing. */
  exportAll(scope: Scope): Promise<readonly AutomationDocument[]>

  /** Makes what is missing of work pools and queues. */
  deploy(scope: Scope, request: ParsedDeploy): Promise<DeployReport>
  putDeployment(scope: Scope, input: ParsedDeployment, match: IfMatch): Promise<Saved<DeploymentRow>>
  patchDeployment(scope: Scope, reference: string, patch: ParsedDeploymentPatch, match: IfMatch): Promise<DeploymentRow>
  /** Removes the automations it owns, too. Runs stay. */
  removeDeployment(scope: Scope, reference: string): Promise<void>
  /** Refused while it has deployments. */
  removeFlow(scope: Scope, reference: string): Promise<void>

  createWorkPool(scope: Scope, input: WorkPoolChange & { name: string; type: string }): Promise<WorkPoolRow>
  patchWorkPool(scope: Scope, reference: string, change: WorkPoolChange): Promise<WorkPoolRow>
  removeWorkPool(scope: Scope, reference: string): Promise<void>
  createWorkQueue(scope: Scope, pool: string, input: WorkQueueChange & { name: string }): Promise<WorkQueueRow>
  patchWorkQueue(scope: Scope, pool: string, queue: string, change: WorkQueueChange): Promise<WorkQueueRow>
  removeWorkQueue(scope: Scope, pool: string, queue: string): Promise<void>

  /** Creates or replaces. */
  putVariable(scope: Scope, input: { name: string; value: Json; tags: readonly string[] }): Promise<Saved<VariableRow>>
  /** Throws `conflict` when the name is taken. */
  createVariable(scope: Scope, input: { name: string; value: Json; tags: readonly string[] }): Promise<VariableRow>
  patchVariable(
    scope: Scope,
    reference: string,
    patch: { value?: Json | undefined; tags?: readonly string[] | undefined },
  ): Promise<VariableRow>
  removeVariable(scope: Scope, reference: string): Promise<void>

  createProject(
    actor: string,
    input: { key: string; name?: string | undefined; description: string },
  ): Promise<ProjectRow>
}
