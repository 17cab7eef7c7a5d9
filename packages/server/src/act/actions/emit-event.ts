import { EVENT_BYTES_MAX, type Labels, MINUTE, type NewEvent, parseEvent } from '@upon/engine'
import type { ActionOf } from '@upon/sdk'
import { derivedId } from '../../lib/ids.ts'
import { type ActionContext, ActionFailed, type ActionKind } from '../action-kind.ts'

/** The event follows the launch's own only this close to it; further apart, order needs no help. */
const FOLLOWS_WITHIN_US = 5 * MINUTE

/** Records an event, checked like one from outside. It is one generation younger than the launch's event. */
export const emitEvent: ActionKind<'emit-event'> = {
  type: 'emit-event',
  async prepare(action, context) {
    const { firing } = context.launch
    const event = checkedEvent(await rendered(action, context), context)
    return {
      result: { event_id: event.id },
      async commit(tx) {
        await tx.raised.add([
          {
            kind: 'event',
            event: {
              ...event,
              project: context.project,
              source: 'upon',
              depth: firing.depth + 1,
              rootId: firing.rootId,
              rootReceived: firing.rootReceived,
              traceparent: firing.traceparent,
            },
          },
        ])
        return {}
      },
    }
  },
}

async function rendered(action: ActionOf<'emit-event'>, context: ActionContext) {
  const { templates } = context
  const related: Labels[] = []
  for (const [index, labels] of (action.related ?? []).entries()) {
    related.push(await renderedLabels(labels, `related[${index}]`, context))
  }
  const { follows } = action
  return {
    event: await templates.text(action.event, 'event'),
    resource: await renderedLabels(action.resource, 'resource', context),
    related,
    payload: await templates.value(action.payload ?? {}, 'payload'),
    follows: typeof follows === 'string' ? await templates.text(follows, 'follows') : leader(follows, context),
  }
}

/** Labels are text: a number from a payload becomes the text of it. */
async function renderedLabels(labels: Labels, path: string, { templates }: ActionContext): Promise<Labels> {
  const values: [string, string][] = []
  for (const [name, value] of Object.entries(labels)) {
    values.push([name, await templates.text(value, `${path}.${name}`)])
  }
  return Object.fromEntries(values)
}

/** Left out, the triggering event comes before; null says that none does. */
function leader(follows: null | undefined, { event, now }: ActionContext): string | null {
  if (follows === null || event === null) return null
  return Math.abs(now - event.occurred) < FOLLOWS_WITHIN_US ? event.id : null
}

function checkedEvent(input: object, context: ActionContext): NewEvent {
  const id = derivedId('emit-event', context.idempotencyKey)
  const parsed = parseEvent(input, { newId: () => id, now: context.now })
  if (!parsed.ok) {
    const problems = parsed.problems.map((problem) => `${problem.path}: ${problem.message}`)
    throw new ActionFailed(`the event is not valid: ${problems.join('; ')}`)
  }
  const bytes = Buffer.byteLength(JSON.stringify(input))
  if (bytes > EVENT_BYTES_MAX) {
    throw new ActionFailed(`the event has ${bytes} bytes, at most ${EVENT_BYTES_MAX} are possible`)
  }
  return parsed.event
}
