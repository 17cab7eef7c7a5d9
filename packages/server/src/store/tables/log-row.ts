import type { JsonObject, Labels, LoggedEvent } from '@upon/engine'
import { decode } from './json-column.ts'

/** The columns of `log` that make up an event. */
export interface LogEventRow {
  readonly position: number
  readonly received: number
  readonly eventId: string
  readonly source: string
  readonly name: string
  readonly occurred: number
  readonly occurredText: string
  readonly follows: string | null
  readonly depth: number
  readonly rootId: string | null
  readonly rootReceived: number | null
  readonly traceparent: string | null
  readonly resource: string
  readonly related: string
  readonly payload: string
}

/** An event of the log from its row; one without a stored root is its own. */
export function loggedEvent(row: LogEventRow): LoggedEvent {
  return {
    id: row.eventId,
    source: row.source,
    event: row.name,
    occurred: row.occurred,
    occurredText: row.occurredText,
    received: row.received,
    position: row.position,
    resource: decode<Labels>(row.resource),
    related: row.related === '[]' ? [] : decode<readonly Labels[]>(row.related),
    payload: row.payload === '{}' ? {} : decode<JsonObject>(row.payload),
    follows: row.follows,
    depth: row.depth,
    rootId: row.rootId ?? row.eventId,
    rootReceived: row.rootReceived ?? row.received,
    traceparent: row.traceparent,
  }
}
