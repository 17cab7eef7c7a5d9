import type { Json, JsonObject, LoggedEvent } from '@upon/engine'
import { instantText } from '../../lib/instant-text.ts'
import { isObject, ownEntry } from './view.ts'

/** What is known where a template is rendered. Leave out what the templates do not name. */
export interface ContextInputs {
  readonly automation?: JsonObject
  /** The triggering event, or null when silence fired. */
  readonly event?: LoggedEvent | null
  /** Triggering events of the firing and its children. */
  readonly events?: readonly LoggedEvent[]
  /** The values of `for_each`. */
  readonly labels?: Readonly<Record<string, string>>
  readonly firing?: JsonObject
  readonly firings?: readonly JsonObject[]
  readonly launch?: JsonObject
  /** Results of the launch's earlier actions, in order. */
  readonly results?: readonly Json[]
  /** The run whose end is reacted to, and its result. */
  readonly run?: JsonObject
  readonly result?: Json
  readonly variables?: JsonObject
  readonly flow?: JsonObject | null
  readonly deployment?: JsonObject | null
  readonly flow_run?: JsonObject | null
  readonly work_pool?: JsonObject | null
  readonly work_queue?: JsonObject | null
}

/**
 * The context templates are rendered in: plain JSON under the names of the inputs. `event`, `events`, `labels` and
 * `firing.triggering_event` also answer to the helpers of events and labels (`event.resource.name`,
 * `event.resource.labels.some.label`, `event.resource_in_role.flow`).
 */
export function buildContext({ event, events, flow_run, ...rest }: ContextInputs): JsonObject {
  const given: Readonly<Record<string, Json | undefined>> = {
    ...rest,
    event: event === undefined ? undefined : event && eventJson(event),
    events: events?.map(eventJson),
    flow_run: flow_run && event ? atEventTime(flow_run, event) : flow_run,
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** An event as templates and parameters see it: its JSON on the wire. */
export function eventJson(event: LoggedEvent): JsonObject {
  return {
    occurred: instantText(event.occurred),
    event: event.event,
    resource: event.resource,
    related: event.related,
    payload: event.payload,
    id: event.id,
    follows: event.follows,
    received: instantText(event.received),
  }
}

const STATE_LABELS = [
  ['type', 'prefect.state-type'],
  ['name', 'prefect.state-name'],
  ['timestamp', 'prefect.state-timestamp'],
  ['message', 'prefect.state-message'],
] as const

/** The run with the state the event tells of, which may no longer be the one it is in. */
function atEventTime(run: JsonObject, { resource }: LoggedEvent): JsonObject {
  const told = STATE_LABELS.flatMap(([field, label]) => {
    const value = resource[label]
    return value === undefined ? [] : [[field, value] as const]
  })
  if (told.length < STATE_LABELS.length) return run
  const state = ownEntry(run, 'state')
  return { ...run, state: { ...(isObject(state) ? state : {}), ...Object.fromEntries(told) } }
}
