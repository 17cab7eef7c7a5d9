import type { Firing, Instant } from '@upon/engine'
import type { AutomationDefinition } from '../store/automation-table.ts'
import type { ActionList, NewLaunch } from '../store/launch-table.ts'

/** The actions of one automation version that a firing runs, in the order they run. */
export function actionsOf(
  definition: AutomationDefinition,
  state: Firing['state'],
): readonly { list: ActionList; action: AutomationDefinition['actions'][number] }[] {
  const lists: readonly ActionList[] = ['actions', state === 'Triggered' ? 'actions_on_trigger' : 'actions_on_resolve']
  return lists.flatMap((list) => definition[list].map((action) => ({ list, action })))
}

/**
 * A launch is one outbox row: a firing with its actions still to do, or with the reason it may not launch. It is due at
 * once: the log's clock, and so the firing, may be ahead of this machine's, which was set back.
 */
export function planLaunch(firing: Firing, definition: AutomationDefinition, now: Instant): NewLaunch {
  return {
    id: firing.id,
    state: firing.refused === null ? 'pending' : 'refused',
    reason: firing.refused === null ? null : { code: firing.refused.code, detail: firing.refused.detail },
    due: Math.min(firing.at, now),
    actions: actionsOf(definition, firing.state).map(({ list, action }) => ({
      list,
      type: String(action.type),
      name: typeof action.name === 'string' ? action.name : null,
    })),
  }
}
