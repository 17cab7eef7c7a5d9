import type { Tables } from '../store.ts'
import { createAuditTable } from './audit.ts'
import { createAutomationTable } from './automations.ts'
import type { Database } from './database.ts'
import { createDeploymentTable } from './deployments.ts'
import { createEventTable } from './events.ts'
import { createLaunchTable } from './launches.ts'
import { createProjectTable } from './projects.ts'
import { createRaisedTable } from './raised.ts'
import { createRunTable } from './runs.ts'
import { createVariableTable } from './variables.ts'
import { createWorkPoolTable } from './work-pools.ts'

/** Every table over one connection; the same code for every store. */
export const createTables = (database: Database): Tables => ({
  projects: createProjectTable(database),
  events: createEventTable(database),
  automations: createAutomationTable(database),
  launches: createLaunchTable(database),
  raised: createRaisedTable(database),
  deployments: createDeploymentTable(database),
  workPools: createWorkPoolTable(database),
  runs: createRunTable(database),
  variables: createVariableTable(database),
  audit: createAuditTable(database),
})
