import { parseEvent } from '@upon/engine'
import { derivedId } from '../../lib/ids.ts'
import type { NewRaised } from '../../store/raised-table.ts'
import { ActionFailed, type ActionKind } from '../action-kind.ts'

/** Records an event, checked like one from outside. It is one generation younger than the launch's event. */
export const emitEvent: ActionKind<'emit-event'> = {
  type: 'emit-event',
  async prepare(action, context) {
    const { templates, launch, event: cause } = context
    const rendered = await templates.value(
      {
        event: action.event,
        resource: action.resource,
        related: action.related ?? [],
        payload: action.payload ?? {},
        follows: action.follows ?? null,
      },
      '',
    )
    const id = derivedId('emit-event', context.idempotencyKey)
    const parsed = parseEvent(rendered, { newId: () => id, now: context.now })
    if (!parsed.ok) {
      const problems = parsed.problems.map((problem) => `${problem.path}: ${problem.message}`)
      throw new ActionFailed(`the event is not valid: ${problems.join('; ')}`)
    }
    const { event } = parsed
    const raised: NewRaised = {
      kind: 'event',
      event: {
        ...event,
        project: context.project,
        source: 'upon',
        follows: event.follows ?? cause?.id ?? null,
        depth: launch.firing.depth + 1,
        rootId: launch.firing.rootId,
        rootReceived: launch.firing.rootReceived,
        traceparent: launch.firing.traceparent,
      },
    }
    return {
      result: { event_id: id },
      async commit(tx) {
        await tx.raised.add([raised])
        return {}
      },
    }
  },
}
