import type { LoggedEvent } from '@upon/engine'
import type { Event } from '@upon/sdk'
import { instantText } from '../lib/instant-text.ts'

/** An event as the API, templates and raised payloads show it. */
export function eventJson(event: LoggedEvent): Event {
  return {
    id: event.id,
    source: event.source,
    event: event.event,
    occurred: instantText(event.occurred),
    received: instantText(event.received),
    position: event.position,
    resource: event.resource,
    related: [...event.related],
    payload: event.payload,
    follows: event.follows,
    depth: event.depth,
    root_id: event.rootId,
    traceparent: event.traceparent,
  }
}
