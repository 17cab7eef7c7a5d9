import type { ActionOf } from '@upon/sdk'
import { targetOf } from '@upon/sdk'
import { setDeploymentPaused } from '../../define/pause-deployment.ts'
import { type ActionContext, ActionFailed, type ActionKind, type Prepared } from '../action-kind.ts'
import { inferTarget } from '../infer-target.ts'
import { deploymentResource } from './run-deployment.ts'

/** Stops the schedules of a deployment; a paused one stays paused. */
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
  const deployment = await context.read.deployments.find(context.project, reference)
  if (deployment === null) throw new ActionFailed(`deployment "${reference}" does not exist`)
  return {
    result: { deployment_id: deployment.id, paused },
    related: [{ ...deploymentResource(deployment), 'prefect.resource.role': 'target' }],
    async commit(tx) {
      const { project, now, actor } = context
      await setDeploymentPaused(tx, { project, id: deployment.id, paused, now, actor })
      return {}
    },
  }
}
