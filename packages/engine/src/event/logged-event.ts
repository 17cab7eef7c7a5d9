import type { Instant } from '../instant.ts'
import type { JsonObject } from '../json.ts'

/** Labels of one resource: label name to value. Always holds a non-empty `prefect.resource.id`. */
export type Labels = Readonly<Record<string, string>>

/** An event as the log holds it: validated, ordered and never changed again. */
export interface LoggedEvent {
  readonly id: string
  /** Who sent it: `api` for HTTP, `upon` for what Upon raises itself. An event's identity is (source, id). */
  readonly source: string
  /** The event's name, such as `prefect.flow-run.Completed`. */
  readonly event: string
  readonly occurred: Instant
  /** `occurred` exactly as the sender wrote it. */
  readonly occurredText: string
  readonly received: Instant
  readonly position: number
  readonly resource: Labels
  readonly related: readonly Labels[]
  readonly payload: JsonObject
  /** Id of an event known to precede this one. */
  readonly follows: string | null
  /** Generations from the event at the root of the causal chain; 0 for an event from outside. */
  readonly depth: number
  readonly rootId: string
  readonly rootReceived: Instant
  readonly traceparent: string | null
}
