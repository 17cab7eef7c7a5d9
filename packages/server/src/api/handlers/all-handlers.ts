import type { Json } from '@upon/engine'
import type { ApiDeps } from '../deps.ts'
import type { Handlers } from '../route-handler.ts'
import { createStreams } from '../streams.ts'
import { automationHandlers, automationHistoryHandlers } from './automations.ts'
import { deployHandlers, deploymentHandlers } from './deployments.ts'
import { eventHandlers } from './events.ts'
import { explainHandlers } from './explain.ts'
import { launchHandlers } from './launches.ts'
import { liveFeedHandlers } from './live-feed.ts'
import { runLogHandlers } from './run-logs.ts'
import { createRunPresenter } from './run-presenter.ts'
import { runHandlers } from './runs.ts'
import { sendEventsHandler } from './send-events.ts'
import { projectHandlers, serverHandlers } from './server.ts'
import { variableHandlers } from './variables.ts'
import { workPoolHandlers, workQueueHandlers } from './work-pools.ts'
import { workerHandlers, workerListHandlers } from './workers.ts'

/** One handler for every route of the contract; `document` describes them. */
export function allHandlers(deps: ApiDeps, document: () => Record<string, Json>): Handlers {
  const streams = createStreams(deps.clock)
  const runs = createRunPresenter(deps)
  return {
    ...sendEventsHandler(deps),
    ...eventHandlers(deps, streams),
    ...explainHandlers(deps),
    ...liveFeedHandlers(deps, streams, runs),
    ...automationHandlers(deps),
    ...automationHistoryHandlers(deps),
    ...launchHandlers(deps),
    ...deploymentHandlers(deps),
    ...deployHandlers(deps),
    ...workPoolHandlers(deps),
    ...workQueueHandlers(deps),
    ...workerListHandlers(deps),
    ...workerHandlers(deps),
    ...runHandlers(deps, runs),
    ...runLogHandlers(deps, streams),
    ...variableHandlers(deps),
    ...projectHandlers(deps),
    ...serverHandlers(deps, document),
  }
}
