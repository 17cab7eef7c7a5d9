import type { Firing, JsonObject, LoggedEvent } from '@upon/engine'
import { derivedId } from '../lib/ids.ts'
import { instantText } from '../lib/instant-text.ts'
import { eventJson } from '../present/event-json.ts'
import type { AutomationVersionRow } from '../store/automation-table.ts'
import type { NewRaised } from '../store/raised-table.ts'

/** A raised event must stay below the limit for events; a triggering event larger than this is named, not copied. */
const COPIED_EVENT_CHARS_MAX = 500_000

/** The event that says an automation fired, or was refused by the loop brake (spec: automations 8.5). */
export function firingEvent(firing: Firing, automation: AutomationVersionRow, trigger: LoggedEvent | null): NewRaised {
  const name = firing.refused === null ? `prefect.automation.${firing.state.toLowerCase()}` : 'upon.launch.refused'
  const related = trigger === null ? [] : [eventReference(trigger.id, 'triggering-event')]
  return {
    kind: 'event',
    event: {
      project: firing.project,
      id: firingEventId(firing.id),
      source: 'upon',
      event: name,
      occurred: firing.at,
      occurredText: instantText(firing.at),
      resource: automationResource(automation),
      related,
      payload: {
        triggering_labels: firing.labels,
        triggering_event: trigger === null ? null : copied(trigger),
        launch_id: firing.id,
        ...(firing.refused === null ? {} : { reason: firing.refused.code, detail: firing.refused.detail }),
      },
      follows: null,
      depth: firing.depth + 1,
      rootId: firing.rootId,
      rootReceived: firing.rootReceived,
      traceparent: firing.traceparent,
    },
  }
}

/** Id of the event a firing raises. */
export const firingEventId = (firingId: string): string => derivedId('firing-event', firingId)

export const eventReference = (id: string, role: string) => ({
  'prefect.resource.id': `prefect.event.${id}`,
  'prefect.resource.role': role,
})

export function automationResource(automation: AutomationVersionRow): Record<string, string> {
  const { trigger } = automation.engine
  return {
    'prefect.resource.id': `prefect.automation.${automation.id}`,
    'prefect.resource.name': automation.name,
    'prefect.trigger-type': trigger.type,
    'prefect.posture': trigger.posture,
  }
}

function copied(event: LoggedEvent): JsonObject {
  const copy = eventJson(event)
  const { payload, ...rest } = copy
  return JSON.stringify(payload).length > COPIED_EVENT_CHARS_MAX
    ? { ...rest, payload: {}, truncated: true }
    : { ...copy }
}
