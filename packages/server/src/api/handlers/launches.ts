import { notFound } from '../../lib/user-error.ts'
import { launchJson } from '../../present/launch-json.ts'
import type { ApiDeps } from '../deps.ts'
import { instantQuery } from '../instant-input.ts'
import { pageJson, pageRequest } from '../list-page.ts'
import { type HandlersOf, ok } from '../route-handler.ts'
import { findAutomation } from './automations.ts'

/** The launch log. */
export function launchHandlers(deps: Pick<ApiDeps, 'store'>): HandlersOf<'listLaunches' | 'getLaunch'> {
  const { launches } = deps.store.read
  return {
    async listLaunches({ query, project }) {
      const { automation, state, event_id: eventId } = query
      const since = instantQuery('since', query.since)
      const until = instantQuery('until', query.until)
      const automationId =
        automation === undefined ? undefined : (await findAutomation(deps, project.id, automation)).id
      const page = await launches.list(
        {
          project: project.id,
          ...(automationId !== undefined && { automationId }),
          ...(state !== undefined && { states: state }),
          ...(eventId !== undefined && { eventId: eventId.toLowerCase() }),
          ...(since !== undefined && { since }),
          ...(until !== undefined && { until }),
        },
        pageRequest(query),
      )
      return ok(pageJson(page, (launch) => launchJson(launch, project.key)))
    },
    async getLaunch({ params, project }) {
      const launch = await launches.get(project.id, params.launch.toLowerCase())
      if (launch === null) throw notFound('launch', params.launch)
      return ok(launchJson(launch, project.key))
    },
  }
}
