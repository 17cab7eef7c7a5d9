import { automationRoutes } from './routes/automations.ts'
import { deploymentRoutes } from './routes/deployments.ts'
import { eventRoutes } from './routes/events.ts'
import { launchRoutes } from './routes/launches.ts'
import { runRoutes } from './routes/runs.ts'
import { serverRoutes } from './routes/server.ts'
import { variableRoutes } from './routes/variables.ts'
import { workPoolRoutes } from './routes/work-pools.ts'
import { workerRoutes } from './routes/workers.ts'

/** Every operation of the API, by id. Of two paths that match, the one without a parameter there wins. */
export const routes = {
  ...eventRoutes,
  ...automationRoutes,
  ...launchRoutes,
  ...deploymentRoutes,
  ...workPoolRoutes,
  ...workerRoutes,
  ...runRoutes,
  ...variableRoutes,
  ...serverRoutes,
} as const

export type Routes = typeof routes
export type RouteId = keyof Routes
