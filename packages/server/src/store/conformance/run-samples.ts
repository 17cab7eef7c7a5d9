import type { DeploymentRow, FlowRow } from '../deployment-table.ts'
import type { LogLineRow, RunRow, RunState, RunStateType } from '../run-table.ts'
import type { Tables } from '../store.ts'
import type { WorkerRow, WorkPoolRow, WorkQueueRow } from '../work-pool-table.ts'
import { T0 } from './samples.ts'

export const state = (id: string, type: RunStateType = 'SCHEDULED', changes: Partial<RunState> = {}): RunState => ({
  id,
  type,
  name: type,
  message: null,
  at: T0,
  attempt: 0,
  ...changes,
})

export const run = (id: string, changes: Partial<RunRow> = {}): RunRow => ({
  id,
  project: 'default',
  kind: 'flow-run',
  name: `run-${id}`,
  flowId: 'flow-1',
  flowName: 'train',
  deploymentId: 'd1',
  deploymentName: 'nightly',
  state: state(`${id}-0`),
  parameters: {},
  jobVariables: {},
  tags: [],
  scheduledAt: T0,
  created: T0,
  started: null,
  ended: null,
  attempt: 0,
  attemptsMax: 1,
  retryDelaySeconds: 0,
  timeoutSeconds: null,
  launchId: null,
  actionIndex: null,
  automationId: null,
  automationKey: null,
  eventId: null,
  createdBy: 'local',
  idempotencyKey: null,
  workPool: 'pool',
  workQueue: null,
  workerId: null,
  result: null,
  error: null,
  cancelRequested: null,
  depth: 0,
  rootId: null,
  rootReceived: null,
  traceparent: null,
  ...changes,
})

export const flow = (id: string, changes: Partial<FlowRow> = {}): FlowRow => ({
  id,
  project: 'default',
  name: `flow ${id}`,
  tags: [],
  created: T0,
  ...changes,
})

export const deployment = (id: string, changes: Partial<DeploymentRow> = {}): DeploymentRow => ({
  id,
  project: 'default',
  key: `key-${id}`,
  flowId: 'flow-1',
  flowName: 'train',
  name: id,
  revision: 1,
  version: null,
  description: null,
  tags: [],
  entrypoint: 'train.py:main',
  command: null,
  directory: '/srv/train',
  commit: null,
  parameters: {},
  parameterSchema: null,
  enforceParameterSchema: false,
  jobVariables: {},
  concurrencyLimit: null,
  collisionStrategy: 'ENQUEUE',
  workPool: 'pool',
  workQueue: null,
  paused: false,
  schedules: [],
  timeoutSeconds: null,
  retries: 0,
  retryDelaySeconds: 0,
  created: T0,
  updated: T0,
  ...changes,
})

export const pool = (id: string, changes: Partial<WorkPoolRow> = {}): WorkPoolRow => ({
  id,
  project: 'default',
  name: 'pool',
  type: 'process',
  description: null,
  paused: false,
  concurrencyLimit: null,
  jobVariables: {},
  created: T0,
  updated: T0,
  ...changes,
})

export const queue = (name: string, changes: Partial<WorkQueueRow> = {}): WorkQueueRow => ({
  id: `queue-${name}`,
  project: 'default',
  poolId: 'p1',
  poolName: 'pool',
  name,
  priority: 1,
  concurrencyLimit: null,
  paused: false,
  created: T0,
  ...changes,
})

export const worker = (id: string, changes: Partial<WorkerRow> = {}): WorkerRow => ({
  id,
  project: 'default',
  poolId: 'p1',
  poolName: 'pool',
  name: `worker ${id}`,
  host: 'localhost',
  pid: 1,
  version: '0.1.0',
  embedded: false,
  started: T0,
  lastHeartbeat: T0,
  stopped: null,
  lost: null,
  ...changes,
})

export const line = (text: string, changes: Partial<LogLineRow> = {}): LogLineRow => ({
  attempt: 1,
  stream: 'stdout',
  at: T0,
  text,
  ...changes,
})

/** A flow with a deployment `d1`, and a pool. */
export async function saveGround(
  tx: Tables,
  changes: { deployment?: Partial<DeploymentRow>; pool?: Partial<WorkPoolRow> } = {},
) {
  await tx.deployments.saveFlow(flow('flow-1', { name: 'train' }))
  await tx.deployments.save(deployment('d1', changes.deployment))
  await tx.workPools.save(pool('p1', changes.pool))
}
