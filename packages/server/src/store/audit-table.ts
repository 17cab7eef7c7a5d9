import type { Instant, JsonObject } from '@upon/engine'

/** Who changed what, written in the transaction that changed it. */
export interface AuditRow {
  readonly at: Instant
  readonly project: string
  readonly actor: string
  /** Such as `automation.updated`. */
  readonly action: string
  readonly target: string
  readonly detail: JsonObject
}

export interface AuditTable {
  add(row: AuditRow): Promise<void>
  list(project: string, target: string, limit: number): Promise<readonly AuditRow[]>
}
