import type { Instant, LabelSpec, LoggedEvent } from '@upon/engine'
import type { ObservationRow } from './launch-table.ts'
import type { Page, PageRequest } from './store.ts'

/** All given conditions must hold. Names and ids are exact, or a prefix where they end in `*`. */
export interface EventFilter {
  readonly project: string
  readonly ids?: readonly string[]
  readonly names?: readonly string[]
  readonly resources?: readonly string[]
  readonly related?: readonly string[]
  readonly labels?: LabelSpec
  /** `occurred`, both inclusive. */
  readonly since?: Instant
  readonly until?: Instant
  readonly afterPosition?: number
  /** Case-insensitive substring of name, resource, related or payload. */
  readonly text?: string
  readonly order?: 'newest' | 'oldest'
}

export type EventGrouping = 'event' | 'resource' | 'day' | 'hour' | 'minute'

export interface EventTable {
  get(project: string, id: string): Promise<LoggedEvent | null>
  at(position: number): Promise<LoggedEvent | null>
  /** In log order, newest first unless `order` says otherwise. */
  list(filter: EventFilter, page: PageRequest): Promise<Page<LoggedEvent>>
  count(filter: EventFilter): Promise<number>
  /** At most 1,000 groups, largest first; time groups are in time order, labelled by their ISO start. */
  countBy(filter: EventFilter, by: EventGrouping): Promise<readonly { label: string; count: number }[]>
  observations(
    filter: { project: string; automationId?: string; eventId?: string },
    page: PageRequest,
  ): Promise<Page<ObservationRow>>
  observationCounts(filter: { project: string; automationId?: string }): Promise<Readonly<Record<string, number>>>
}
