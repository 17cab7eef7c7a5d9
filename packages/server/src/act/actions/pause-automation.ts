import type { ActionOf } from '@upon/sdk'
import { targetOf } from '@upon/sdk'
import { setAutomationEnabled } from '../../define/enable-automation.ts'
import type { AutomationRow } from '../../store/automation-table.ts'
import type { Tables } from '../../store/store.ts'
import { type ActionContext, ActionFailed, type ActionKind, type Prepared } from '../action-kind.ts'
import { inferTarget } from '../infer-target.ts'

/** Disables an automation, its own included. */
export const pauseAutomation: ActionKind<'pause-automation'> = {
  type: 'pause-automation',
  prepare: (action, context) => setEnabled(action, context, false),
}

export const resumeAutomation: ActionKind<'resume-automation'> = {
  type: 'resume-automation',
  prepare: (action, context) => setEnabled(action, context, true),
}

async function setEnabled(
  action: ActionOf<'pause-automation'> | ActionOf<'resume-automation'>,
  context: ActionContext,
  enabled: boolean,
): Promise<Prepared> {
  const reference =
    action.source === 'inferred' ? inferTarget(context.event, 'automation') : (targetOf(action, 'automation') ?? '')
  const automation = await findAutomation(context.read, context, reference)
  return {
    result: { automation_id: automation.id, enabled },
    related: [
      {
        'prefect.resource.id': `prefect.automation.${automation.id}`,
        'prefect.resource.name': automation.name,
        'prefect.resource.role': 'target',
      },
    ],
    async commit(tx) {
      const { project, now, actor } = context
      await findAutomation(tx, context, automation.id)
      await setAutomationEnabled(tx, { project, id: automation.id, enabled, now, actor })
      return {}
    },
  }
}

async function findAutomation(tables: Tables, { project }: ActionContext, reference: string): Promise<AutomationRow> {
  const automation = await tables.automations.find(project, reference)
  if (automation === null) throw new ActionFailed(`automation "${reference}" does not exist`)
  return automation
}
