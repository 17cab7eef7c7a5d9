import type { AutomationVersion, CountingWindow, Instant, JsonObject, StoredWindow } from '@upon/engine'
import type { Page, PageRequest } from './store.ts'

/** An automation as saved: its latest version. */
export interface AutomationRow {
  readonly id: string
  readonly project: string
  readonly key: string
  readonly version: number
  readonly order: number
  readonly owner: string | null
  readonly enabled: boolean
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  /** The stored JSON of trigger and actions, as the contract returns it. */
  readonly definition: AutomationDefinition
  /** The trigger as the engine takes it. */
  readonly engine: AutomationVersion
  readonly created: Instant
  readonly updated: Instant
}

export interface AutomationDefinition {
  readonly trigger: JsonObject
  readonly conditions: readonly JsonObject[]
  readonly actions: readonly JsonObject[]
  readonly actions_on_trigger: readonly JsonObject[]
  readonly actions_on_resolve: readonly JsonObject[]
}

export interface AutomationVersionRow extends AutomationRow {
  readonly actor: string
}

export interface AutomationFilter {
  readonly project: string
  readonly keys?: readonly string[]
  readonly nameContains?: string
  readonly tag?: string
  readonly enabled?: boolean
  readonly owner?: string
}

export interface AutomationTable {
  /** By id, key or, where only one has it, name. */
  find(project: string, reference: string): Promise<AutomationRow | null>
  list(filter: AutomationFilter, page: PageRequest): Promise<Page<AutomationRow>>
  all(filter: AutomationFilter): Promise<readonly AutomationRow[]>
  count(filter: AutomationFilter): Promise<number>
  /** The next creation sequence number. */
  nextOrder(): Promise<number>
  /** Writes the row and its immutable version. The caller raises the `automation` entry in the same transaction. */
  save(row: AutomationRow, actor: string): Promise<void>
  /** Keeps the versions, for launches that name them. */
  remove(project: string, id: string): Promise<void>
  version(project: string, id: string, version: number): Promise<AutomationVersionRow | null>
  versions(project: string, id: string, page: PageRequest): Promise<Page<AutomationVersionRow>>
  /** Windows of these progress identities that are still counting. */
  windows(
    project: string,
    triggers: readonly string[],
  ): Promise<readonly (StoredWindow & { readonly state: CountingWindow })[]>
}
