import type { Instant, Json, JsonObject } from '@upon/engine'
import type { Page, PageRequest } from './store.ts'

export type RunStateType =
  | 'SCHEDULED'
  | 'PENDING'
  | 'RUNNING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED'
  | 'CRASHED'
  | 'CANCELLING'

export interface RunState {
  /** Also the id of the `prefect.flow-run.<name>` event it raises. */
  readonly id: string
  readonly type: RunStateType
  /** Such as `Completed`, `TimedOut`, `AwaitingRetry`. */
  readonly name: string
  readonly message: string | null
  readonly at: Instant
  readonly attempt: number
}

export interface RunError {
  readonly message: string
  readonly type: string | null
  readonly traceback: string | null
}

export interface RunRow {
  readonly id: string
  readonly project: string
  readonly kind: 'flow-run'
  readonly name: string
  readonly flowId: string
  readonly flowName: string
  readonly deploymentId: string
  readonly deploymentName: string
  readonly state: RunState
  readonly parameters: JsonObject
  readonly jobVariables: JsonObject
  readonly tags: readonly string[]
  /** When it may start. */
  readonly scheduledAt: Instant
  readonly created: Instant
  readonly started: Instant | null
  readonly ended: Instant | null
  readonly attempt: number
  readonly attemptsMax: number
  readonly retryDelaySeconds: number
  readonly timeoutSeconds: number | null
  /** What created it; `launchId` with `actionIndex` is unique. */
  readonly launchId: string | null
  readonly actionIndex: number | null
  readonly automationId: string | null
  readonly automationKey: string | null
  readonly eventId: string | null
  readonly createdBy: string
  readonly idempotencyKey: string | null
  readonly workPool: string | null
  readonly workQueue: string | null
  readonly workerId: string | null
  readonly result: Json
  readonly error: RunError | null
  readonly cancelRequested: Instant | null
  readonly depth: number
  readonly rootId: string | null
  readonly rootReceived: Instant | null
  readonly traceparent: string | null
}

export interface RunFilter {
  readonly project: string
  readonly states?: readonly RunStateType[]
  /** With `states`: in one of those or with one of these names. */
  readonly stateNames?: readonly string[]
  /** Has all of these. */
  readonly tags?: readonly string[]
  readonly workPool?: string
  readonly deploymentId?: string
  readonly flow?: string
  readonly automationId?: string
  readonly launchId?: string
  readonly eventId?: string
  readonly since?: Instant
  readonly until?: Instant
}

/** A run its deployment's concurrency limit holds up. */
export interface BlockedRun {
  readonly run: RunRow
  readonly limit: number
  /** The deployment wants colliding runs cancelled. */
  readonly cancelNew: boolean
}

export interface LogLineRow {
  readonly attempt: number
  readonly stream: 'stdout' | 'stderr' | 'system'
  readonly at: Instant
  readonly text: string
}

export interface StoredLogLine extends LogLineRow {
  /** Rises in the order of writing. */
  readonly position: number
}

export interface LogFilter {
  readonly attempt?: number
  readonly stream?: LogLineRow['stream']
  readonly afterPosition?: number
}

export interface RunTable {
  find(project: string, reference: string): Promise<RunRow | null>
  get(id: string): Promise<RunRow | null>
  /** Newest first. */
  list(filter: RunFilter, page: PageRequest): Promise<Page<RunRow>>
  count(filter: RunFilter): Promise<number>
  /** By state type; over all projects without a filter. */
  countByState(filter?: RunFilter): Promise<Readonly<Record<string, number>>>
  /** Adds the run and its first state; returns the existing run when launch and action index, or the idempotency key (with its deployment), are taken. */
  add(row: RunRow): Promise<{ run: RunRow; created: boolean }>
  /**
   * Writes the run and appends its state where it changed, provided the stored run still has state `fromStateId`;
   * false (and nothing written) otherwise.
   */
  update(row: RunRow, fromStateId: string): Promise<boolean>
  states(project: string, runId: string): Promise<readonly RunState[]>
  /**
   * Runs of the pool in SCHEDULED that are due and allowed to start: pool and queue not paused; pool, queue and
   * deployment below their limits (PENDING, RUNNING and CANCELLING count). By queue priority, then `scheduledAt`, then
   * creation.
   */
  ready(poolId: string, now: Instant, limit: number): Promise<readonly RunRow[]>
  /**
   * Runs of the pool in SCHEDULED that are due, held up by their deployment's concurrency limit, and not yet named
   * `AwaitingConcurrencySlot`; the latest due first, out of the `limit` latest.
   */
  blocked(poolId: string, now: Instant, limit: number): Promise<readonly BlockedRun[]>
  /** The soonest `scheduledAt` after `now` of a SCHEDULED run in any pool, or null. */
  nextScheduled(now: Instant): Promise<Instant | null>
  /** Runs a worker holds: PENDING, RUNNING or CANCELLING. */
  heldBy(workerId: string): Promise<readonly RunRow[]>
  /** Runs of one deployment that are PENDING, RUNNING or CANCELLING. */
  activeOf(deploymentId: string): Promise<number>
  appendLogs(runId: string, project: string, lines: readonly LogLineRow[]): Promise<void>
  /** In order of writing. */
  logs(project: string, runId: string, page: PageRequest, filter?: LogFilter): Promise<Page<StoredLogLine>>
  remove(project: string, id: string): Promise<void>
}
