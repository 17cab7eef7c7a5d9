import type { ActionOf } from '@upon/sdk'
import { targetOf } from '@upon/sdk'
import { setDeploymentPaused } from '../../define/pause-deployment.ts'
import type { ActionContext, ActionKind, Prepared } from '../action-kind.ts'
import { inferTarget } from '../infer-target.ts'
import { deploymentResource, findDeployment } from './run-deployment.ts'

/** Stops the schedules of a deployment, not the runs that actions and people ask for; a paused one stays paused. */
export const pauseDeployment: ActionKind<'pause-deployment'> = {
  type: 'pause-deployment',
  prepare: (action, context) => setPaused(action, context, true),
}

export const resumeDeployment: ActionKind<'resume-deployment'> = {
  type: 'resume-deployment',
  prepare: (action, context) => setPaused(action, context, false),
}

async function setPaused(
  action: ActionOf<'pause-deployment'> | ActionOf<'resume-deployment'>,
  context: ActionContext,
  paused: boolean,
): Promise<Prepared> {
  const reference =
    action.source === 'inferred' ? inferTarget(context.event, 'deployment') : (targetOf(action, 'deployment') ?? '')
  const deployment = await findDeployment(context.read, context, reference)
  return {
    result: { deployment_id: deployment.id, paused },
    related: [{ ...deploymentResource(deployment), 'prefect.resource.role': 'target' }],
    async commit(tx) {
      const { project, now, actor } = context
      await findDeployment(tx, context, deployment.id)
      await setDeploymentPaused(tx, { project, id: deployment.id, paused, now, actor })
      return {}
    },
  }
}
