import { SECOND } from '@upon/engine'
import { targetOf } from '@upon/sdk'
import { createRun } from '../../run/create-run.ts'
import type { DeploymentRow } from '../../store/deployment-table.ts'
import type { Tables } from '../../store/store.ts'
import { type ActionContext, ActionFailed, type ActionKind } from '../action-kind.ts'
import { inferTarget } from '../infer-target.ts'

/**
 * Creates a run of a deployment, once per launch and action whatever happens in between. A paused deployment is run, too:
 * pausing stops its schedules only.
 */
export const runDeployment: ActionKind<'run-deployment'> = {
  type: 'run-deployment',
  async prepare(action, context) {
    const { templates, launch } = context
    const reference =
      action.source === 'inferred' ? inferTarget(context.event, 'deployment') : targetOf(action, 'deployment')
    const deployment = await findDeployment(context.read, context, reference ?? '')
    const parameters = await templates.parameters(action.parameters ?? {})
    const target = { ...deploymentResource(deployment), 'prefect.resource.role': 'target' }
    return {
      related: [target],
      async commit(tx) {
        const { run } = await createRun(tx, {
          project: context.project,
          deployment,
          parameters,
          jobVariables: action.job_variables ?? {},
          scheduledAt: context.now + Math.round(action.schedule_after * SECOND),
          now: context.now,
          tags: [],
          launchId: launch.id,
          actionIndex: context.index,
          automationId: launch.automationId,
          automationKey: launch.automationKey,
          automationName: launch.automationName,
          eventId: launch.firing.event?.id ?? null,
          createdBy: context.actor,
          idempotencyKey: context.idempotencyKey,
          depth: launch.firing.depth + 1,
          rootId: launch.firing.rootId,
          rootReceived: launch.firing.rootReceived,
          traceparent: launch.firing.traceparent,
        })
        return {
          result: { run_id: run.id, run_name: run.name },
          related: [
            {
              'prefect.resource.id': `prefect.flow-run.${run.id}`,
              'prefect.resource.name': run.name,
              'prefect.resource.role': 'flow-run',
            },
          ],
        }
      },
    }
  },
}

/** Throws `ActionFailed` when there is none. */
export async function findDeployment(
  tables: Tables,
  { project }: ActionContext,
  reference: string,
): Promise<DeploymentRow> {
  const deployment = await tables.deployments.find(project, reference)
  if (deployment === null) throw new ActionFailed(`deployment "${reference}" does not exist`)
  return deployment
}

export const deploymentResource = (deployment: DeploymentRow) => ({
  'prefect.resource.id': `prefect.deployment.${deployment.id}`,
  'prefect.resource.name': deployment.name,
})
