import type { AuditTable } from './audit-table.ts'
import type { AutomationTable } from './automation-table.ts'
import type { DecisionStore } from './decision-store.ts'
import type { DeploymentTable } from './deployment-table.ts'
import type { EventTable } from './event-table.ts'
import type { LaunchTable } from './launch-table.ts'
import type { LogStore } from './log-store.ts'
import type { ProjectTable } from './project-table.ts'
import type { RaisedTable } from './raised-table.ts'
import type { RunTable } from './run-table.ts'
import type { VariableTable } from './variable-table.ts'
import type { WorkPoolTable } from './work-pool-table.ts'

/**
 * Where Upon keeps everything. One conformance suite says what it must do; SQLite and PostgreSQL implement it.
 * Appending and deciding are the hot path and have their own hand-written statements; the tables are written once.
 */
export interface Store extends AsyncDisposable {
  /** What this store can do; callers branch on these, never on the store's name. */
  readonly can: { readonly notifyAcrossProcesses: boolean }
  /** For people: the file or the address without its password. */
  readonly description: string
  readonly log: LogStore
  readonly decisions: DecisionStore
  /**
   * Reads outside any transaction, on read-only connections that never block the writer. Sees everything committed
   * before the call. A write through it throws.
   */
  readonly read: Tables
  /**
   * Runs `work` in one serializable transaction: all of it is committed and durable when the promise resolves, none
   * of it when it rejects. `work` must touch nothing but `tx`, since it may be run again after a conflict.
   */
  transaction<T>(work: (tx: Tables) => Promise<T>): Promise<T>
  /** Removes what retention allows; returns rows removed by table. Bounded work per call; call until all are 0. */
  retain(limits: RetentionLimits): Promise<Readonly<Record<string, number>>>
  /** Rejects with the reason when the store cannot take a write now. */
  healthy(): Promise<void>
}

/** Rows older than these instants may go; what an open launch, run or window still refers to is kept. */
export interface RetentionLimits {
  readonly eventsBefore: number
  readonly launchesBefore: number
  /** Rows removed per table and call. */
  readonly batch: number
}

export interface Tables {
  readonly projects: ProjectTable
  readonly events: EventTable
  readonly automations: AutomationTable
  readonly launches: LaunchTable
  readonly raised: RaisedTable
  readonly deployments: DeploymentTable
  readonly workPools: WorkPoolTable
  readonly runs: RunTable
  readonly variables: VariableTable
  readonly audit: AuditTable
}

/** One page of a list, newest or lowest first as the method says. `next` is opaque; null at the end. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

export interface PageRequest {
  /** 1 to 200. */
  readonly limit: number
  readonly cursor: string | null
}
