import type { Generated } from 'kysely'
import type { DeploymentRow } from '../deployment-table.ts'
import type { ActionList, ActionState, LaunchState } from '../launch-table.ts'
import type { LogLineRow, RunRow, RunStateType } from '../run-table.ts'

/**
 * The tables as Kysely sees them: camelCase columns, JSON as text, flags as 0 and 1, instants as integer microseconds.
 * The migrations of each store create them; this says the same thing to the compiler.
 */
export interface Schema {
  projects: ProjectColumns
  log: LogColumns
  raised: RaisedColumns
  windows: WindowColumns
  observations: ObservationColumns
  observationCounts: ObservationCountColumns
  automations: AutomationColumns
  automationVersions: AutomationColumns & { actor: string }
  firings: FiringColumns
  launches: LaunchColumns
  launchActions: ActionColumns
  audit: AuditColumns
  variables: VariableColumns
  flows: FlowColumns
  deployments: DeploymentColumns
  workPools: WorkPoolColumns
  workQueues: WorkQueueColumns
  workers: WorkerColumns
  runs: RunColumns
  runStates: RunStateColumns
  runLogs: RunLogColumns
}

export interface ProjectColumns {
  id: string
  key: string
  name: string
  description: string
  created: number
}

/** Columns of events are NULL for entries of the other kinds. */
export interface LogColumns {
  position: number
  received: number
  project: string
  kind: 'event' | 'automation' | 'clock'
  eventId: string | null
  source: string | null
  name: string | null
  occurred: number | null
  occurredText: string | null
  resourceId: string | null
  follows: string | null
  depth: number | null
  rootId: string | null
  rootReceived: number | null
  traceparent: string | null
  automationId: string | null
  automationVersion: number | null
  resumed: number | null
  resource: string | null
  related: string | null
  payload: string | null
}

export interface RaisedColumns {
  sequence: Generated<number>
  project: string
  entry: string
}

export interface WindowColumns {
  trigger: string
  key: string
  project: string
  eventPosition: number | null
  state: string
}

export interface ObservationColumns {
  id: Generated<number>
  project: string
  automationId: string | null
  version: number | null
  reason: string
  position: number
  eventId: string
  detail: string
  at: number
}

export interface ObservationCountColumns {
  project: string
  automationId: string
  reason: string
  count: number
}

export interface AutomationColumns {
  id: string
  project: string
  key: string
  version: number
  sortOrder: number
  owner: string | null
  enabled: number
  name: string
  description: string
  tags: string
  definition: string
  engine: string
  created: number
  updated: number
}

export interface FiringColumns {
  id: string
  project: string
  automationId: string
  version: number
  at: number
  firing: string
}

export interface LaunchColumns {
  sequence: Generated<number>
  id: string
  project: string
  automationId: string
  automationKey: string
  version: number
  state: LaunchState
  reasonCode: string | null
  reasonDetail: string | null
  warnings: string
  nextAction: number
  due: number | null
  fired: number
  ended: number | null
  eventId: string | null
  eventPosition: number | null
  depth: number
  rootId: string
  rootReceived: number
  traceparent: string | null
}

export interface ActionColumns {
  launchId: string
  actionIndex: number
  project: string
  list: ActionList
  type: string
  name: string | null
  state: ActionState
  attempts: number
  idempotencyKey: string
  result: string | null
  error: string | null
  warnings: string
  started: number | null
  ended: number | null
  nextAttempt: number | null
}

export interface AuditColumns {
  id: Generated<number>
  at: number
  project: string
  actor: string
  action: string
  target: string
  detail: string
}

export interface VariableColumns {
  id: string
  project: string
  name: string
  value: string
  tags: string
  created: number
  updated: number
}

export interface FlowColumns {
  id: string
  project: string
  name: string
  tags: string
  created: number
}

export interface DeploymentColumns {
  id: string
  project: string
  key: string
  flowId: string
  flowName: string
  name: string
  revision: number
  version: string | null
  description: string | null
  tags: string
  entrypoint: string | null
  command: string
  directory: string | null
  commit: string | null
  parameters: string
  parameterSchema: string
  enforceParameterSchema: number
  jobVariables: string
  concurrencyLimit: number | null
  collisionStrategy: DeploymentRow['collisionStrategy']
  workPool: string | null
  workQueue: string | null
  paused: number
  schedules: string
  timeoutSeconds: number | null
  retries: number
  retryDelaySeconds: number
  created: number
  updated: number
}

export interface WorkPoolColumns {
  id: string
  project: string
  name: string
  type: string
  description: string | null
  paused: number
  concurrencyLimit: number | null
  jobVariables: string
  created: number
  updated: number
}

export interface WorkQueueColumns {
  id: string
  project: string
  poolId: string
  poolName: string
  name: string
  priority: number
  concurrencyLimit: number | null
  paused: number
  created: number
}

export interface WorkerColumns {
  id: string
  project: string
  poolId: string
  poolName: string
  name: string
  host: string
  pid: number
  version: string
  embedded: number
  started: number
  lastHeartbeat: number
  stopped: number | null
  lost: number | null
}

export interface RunColumns {
  sequence: Generated<number>
  id: string
  project: string
  kind: RunRow['kind']
  name: string
  flowId: string
  flowName: string
  deploymentId: string
  deploymentName: string
  stateId: string
  stateType: RunStateType
  stateName: string
  stateMessage: string | null
  stateAt: number
  stateAttempt: number
  parameters: string
  jobVariables: string
  tags: string
  scheduledAt: number
  created: number
  started: number | null
  ended: number | null
  attempt: number
  attemptsMax: number
  retryDelaySeconds: number
  timeoutSeconds: number | null
  launchId: string | null
  actionIndex: number | null
  automationId: string | null
  automationKey: string | null
  eventId: string | null
  createdBy: string
  idempotencyKey: string | null
  workPool: string | null
  workQueue: string | null
  queue: string
  workerId: string | null
  result: string
  error: string
  cancelRequested: number | null
  depth: number
  rootId: string | null
  rootReceived: number | null
  traceparent: string | null
}

export interface RunStateColumns {
  sequence: Generated<number>
  runId: string
  id: string
  project: string
  type: RunStateType
  name: string
  message: string | null
  at: number
  attempt: number
}

export interface RunLogColumns {
  sequence: Generated<number>
  runId: string
  project: string
  attempt: number
  stream: LogLineRow['stream']
  at: number
  text: string
}
