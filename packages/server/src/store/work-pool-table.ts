import type { Instant, JsonObject } from '@upon/engine'

export interface WorkPoolRow {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly type: string
  readonly description: string | null
  readonly paused: boolean
  readonly concurrencyLimit: number | null
  readonly jobVariables: JsonObject
  readonly created: Instant
  readonly updated: Instant
}

export interface WorkQueueRow {
  readonly id: string
  readonly project: string
  readonly poolId: string
  readonly poolName: string
  readonly name: string
  /** Lower runs sooner. */
  readonly priority: number
  readonly concurrencyLimit: number | null
  readonly paused: boolean
  readonly created: Instant
}

export interface WorkerRow {
  readonly id: string
  readonly project: string
  readonly poolId: string
  readonly poolName: string
  readonly name: string
  readonly host: string
  readonly pid: number
  readonly version: string
  /** Part of `upon up`; yields to any other online worker of the pool. */
  readonly embedded: boolean
  readonly started: Instant
  readonly lastHeartbeat: Instant
  readonly stopped: Instant | null
  /** Its runs were taken away after its heartbeats stopped. */
  readonly lost: Instant | null
}

export interface WorkPoolTable {
  find(project: string, reference: string): Promise<WorkPoolRow | null>
  list(project: string): Promise<readonly WorkPoolRow[]>
  /** Over all projects, for the embedded worker. */
  ofType(type: string): Promise<readonly WorkPoolRow[]>
  save(row: WorkPoolRow): Promise<void>
  remove(project: string, id: string): Promise<void>
  queues(project: string, poolId: string): Promise<readonly WorkQueueRow[]>
  findQueue(project: string, poolId: string, reference: string): Promise<WorkQueueRow | null>
  saveQueue(row: WorkQueueRow): Promise<void>
  removeQueue(project: string, id: string): Promise<void>
  worker(id: string): Promise<WorkerRow | null>
  workers(filter: { project?: string; poolId?: string; aliveSince?: Instant }): Promise<readonly WorkerRow[]>
  saveWorker(row: WorkerRow): Promise<void>
}
