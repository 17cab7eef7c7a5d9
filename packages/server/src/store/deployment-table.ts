import type { Instant, JsonObject } from '@upon/engine'
import type { Page, PageRequest } from './store.ts'

export interface FlowRow {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly tags: readonly string[]
  readonly created: Instant
}

export interface DeploymentRow {
  readonly id: string
  readonly project: string
  readonly key: string
  readonly flowId: string
  readonly flowName: string
  readonly name: string
  /** Rises with every change; the ETag. */
  readonly revision: number
  readonly version: string | null
  readonly description: string | null
  readonly tags: readonly string[]
  readonly entrypoint: string | null
  readonly command: string | readonly string[] | null
  /** Absolute directory the entrypoint is relative to, and the Git commit it was at. */
  readonly directory: string | null
  readonly commit: string | null
  readonly parameters: JsonObject
  readonly parameterSchema: JsonObject | null
  readonly enforceParameterSchema: boolean
  readonly jobVariables: JsonObject
  readonly concurrencyLimit: number | null
  readonly collisionStrategy: 'ENQUEUE' | 'CANCEL_NEW'
  readonly workPool: string | null
  readonly workQueue: string | null
  readonly paused: boolean
  readonly schedules: readonly JsonObject[]
  readonly timeoutSeconds: number | null
  readonly retries: number
  readonly retryDelaySeconds: number
  readonly created: Instant
  readonly updated: Instant
}

export interface DeploymentFilter {
  readonly project: string
  readonly flow?: string
  readonly name?: string
  readonly tag?: string
  readonly workPool?: string
  readonly workQueue?: string
  readonly paused?: boolean
}

export interface DeploymentTable {
  findFlow(project: string, reference: string): Promise<FlowRow | null>
  listFlows(project: string, page: PageRequest): Promise<Page<FlowRow>>
  saveFlow(row: FlowRow): Promise<void>
  removeFlow(project: string, id: string): Promise<void>
  /** By id, `flow/name` or key. */
  find(project: string, reference: string): Promise<DeploymentRow | null>
  list(filter: DeploymentFilter, page: PageRequest): Promise<Page<DeploymentRow>>
  count(filter: DeploymentFilter): Promise<number>
  save(row: DeploymentRow): Promise<void>
  remove(project: string, id: string): Promise<void>
}
