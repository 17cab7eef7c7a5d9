import type { Instant } from '../instant.ts'
import type { JsonObject } from '../json.ts'
import type { Labels } from './logged-event.ts'

/** An event that was found valid and is not yet in the log. */
export interface NewEvent {
  readonly id: string
  readonly source: string
  readonly event: string
  readonly occurred: Instant
  /** `occurred` exactly as the sender wrote it. */
  readonly occurredText: string
  readonly resource: Labels
  readonly related: readonly Labels[]
  readonly payload: JsonObject
  readonly follows: string | null
  readonly traceparent: string | null
}
