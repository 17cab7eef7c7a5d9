import { type JsonObject, type Labels, type LoggedEvent, MINUTE } from '@upon/engine'
import { automationResource, eventReference, firingEventId } from '../decide/firing-event.ts'
import { derivedId } from '../lib/ids.ts'
import { instantText } from '../lib/instant-text.ts'
import type { AutomationVersionRow } from '../store/automation-table.ts'
import type { ActionRecord, Launch } from '../store/launch-table.ts'
import type { NewRaised } from '../store/raised-table.ts'

/** `follows` is set only between events this close together (spec: automations 4.2). */
const FOLLOWS_WITHIN_US = 5 * MINUTE

export interface EndedAction {
  readonly launch: Launch
  readonly automation: AutomationVersionRow
  readonly action: ActionRecord
  readonly event: LoggedEvent | null
  readonly related: readonly Labels[]
  readonly now: number
}

/** The two events an ended action raises: `…action.triggered`, then `…action.executed` or `…action.failed` (spec: automations 4.2). */
export function actionEvents(ended: EndedAction): readonly NewRaised[] {
  const { launch, action, event, now } = ended
  const triggeredAt = launch.firing.at
  const close = event !== null && Math.abs(triggeredAt - event.occurred) < FOLLOWS_WITHIN_US
  const triggered = actionEvent(ended, {
    id: derivedId('action-triggered', launch.id, action.index),
    name: 'prefect.automation.action.triggered',
    occurred: triggeredAt,
    follows: close ? event.id : null,
    payload: {},
  })
  const outcome = actionEvent(ended, {
    id: derivedId('action-ended', launch.id, action.index),
    name: `prefect.automation.action.${action.state === 'succeeded' ? 'executed' : 'failed'}`,
    occurred: now,
    follows: now - triggeredAt < FOLLOWS_WITHIN_US ? triggered.event.id : null,
    payload: { ...action.result, ...(action.error === null ? {} : { reason: action.error }) },
  })
  return [triggered, outcome]
}

interface Occurrence {
  readonly id: string
  readonly name: string
  readonly occurred: number
  readonly follows: string | null
  readonly payload: JsonObject
}

function actionEvent({ launch, automation, action, event, related }: EndedAction, occurrence: Occurrence) {
  const { firing } = launch
  return {
    kind: 'event' as const,
    event: {
      project: launch.project,
      id: occurrence.id,
      source: 'upon',
      event: occurrence.name,
      occurred: occurrence.occurred,
      occurredText: instantText(occurrence.occurred),
      resource: automationResource(automation),
      related: [
        ...related,
        eventReference(firingEventId(firing.id), 'automation-triggered-event'),
        ...(event === null ? [] : [eventReference(event.id, 'triggering-event')]),
      ],
      payload: {
        action_index: action.index,
        action_type: action.type,
        invocation: derivedId('invocation', launch.id, action.index),
        launch_id: launch.id,
        ...occurrence.payload,
      },
      follows: occurrence.follows,
      depth: firing.depth + 1,
      rootId: firing.rootId,
      rootReceived: firing.rootReceived,
      traceparent: firing.traceparent,
    },
  }
}
