import { z } from 'zod'
import { typed } from '../route.ts'

/** Pieces that several route tables share. */

const nameInPath = (what: string) => z.string().min(1).max(600).describe(what)

export const automationParams = typed(z.strictObject({ automation: nameInPath('Id, key or name of the automation.') }))
export const deploymentParams = typed(
  z.strictObject({ deployment: nameInPath('Id, key or `flow/name` (written `flow%2Fname`) of the deployment.') }),
)
export const runParams = typed(z.strictObject({ run: nameInPath('Id or name of the run; of several, the latest.') }))
export const poolParams = typed(z.strictObject({ pool: nameInPath('Id or name of the work pool.') }))
export const queueParams = typed(
  z.strictObject({
    pool: nameInPath('Id or name of the work pool.'),
    queue: nameInPath('Id or name of the work queue.'),
  }),
)
export const variableParams = typed(z.strictObject({ variable: nameInPath('Id or name of the variable.') }))
export const workerParams = typed(z.strictObject({ worker: nameInPath('Id of the worker.') }))
export const workerRunParams = typed(
  z.strictObject({ worker: nameInPath('Id of the worker.'), run: nameInPath('Id of the run.') }),
)

/** Makes a change conditional on the version that was read. */
export const ifMatchHeaders = typed(
  z.object({
    'if-match': z.string().optional().describe('Only change this version: the `ETag` of an earlier answer.'),
  }),
)

export const gone = { description: 'Removed.' }
export const done = { description: 'Done.' }
export const eventStream = (description: string) => ({ description, mediaType: 'text/event-stream' })
