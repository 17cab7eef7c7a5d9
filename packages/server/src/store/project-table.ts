import type { Instant } from '@upon/engine'

export interface ProjectRow {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly description: string
  readonly created: Instant
}

export interface ProjectTable {
  /** By id or key. `default` exists from the start. */
  find(reference: string): Promise<ProjectRow | null>
  list(): Promise<readonly ProjectRow[]>
  /** Throws `ConflictError` when the key is taken. */
  add(row: ProjectRow): Promise<void>
}
