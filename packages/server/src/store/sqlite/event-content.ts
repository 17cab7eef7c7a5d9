import { isDeepStrictEqual } from 'node:util'
import type { NewLogEvent } from '../log-store.ts'

/** The JSON of an event as it is stored. */
export interface Bodies {
  readonly resource: string
  readonly related: string
  readonly payload: string
}

export const bodiesOf = (event: NewLogEvent): Bodies => ({
  resource: JSON.stringify(event.resource),
  related: event.related.length === 0 ? '[]' : JSON.stringify(event.related),
  payload: JSON.stringify(event.payload),
})

/** What two events with one identity must share to be the same event. */
export interface StoredContent {
  readonly name: string
  readonly occurred: number
  readonly follows: string | null
  readonly resource: string
  readonly related: string
  readonly payload: string
}

/**
 * True when the stored event says the same; the order of JSON keys does not matter. An event that does not say when it
 * occurred gets a new time with each sending, which must not make it another event.
 */
export function sameContent(stored: StoredContent, event: NewLogEvent, bodies: Bodies): boolean {
  return (
    stored.name === event.event &&
    (event.occurredText === '' || stored.occurred === event.occurred) &&
    stored.follows === event.follows &&
    sameJson(stored.resource, bodies.resource) &&
    sameJson(stored.related, bodies.related) &&
    sameJson(stored.payload, bodies.payload)
  )
}

/** Bytes first: a resend is nearly always byte for byte the same. */
const sameJson = (left: string, right: string): boolean =>
  left === right || isDeepStrictEqual(JSON.parse(left), JSON.parse(right))
