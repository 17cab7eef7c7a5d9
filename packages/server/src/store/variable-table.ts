import type { Instant, Json } from '@upon/engine'
import type { Page, PageRequest } from './store.ts'

export interface VariableRow {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly value: Json
  readonly tags: readonly string[]
  readonly created: Instant
  readonly updated: Instant
}

export interface VariableTable {
  find(project: string, reference: string): Promise<VariableRow | null>
  list(project: string, page: PageRequest): Promise<Page<VariableRow>>
  save(row: VariableRow): Promise<void>
  remove(project: string, id: string): Promise<void>
}
