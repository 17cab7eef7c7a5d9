import { z } from 'zod'
import { deploymentRefSchema, flowRefSchema } from './deployment.ts'
import { pageQuery } from './page.ts'
import { queryInteger, queryList } from './query.ts'
import { runErrorSchema, runStateSchema, runStateTypeSchema } from './run-state.ts'
import {
  countSchema,
  idSchema,
  instantInputSchema,
  instantSchema,
  jsonObjectSchema,
  jsonValueSchema,
  traceparentSchema,
} from './scalar.ts'
import { logStreamSchema } from './worker.ts'

export const runSchema = z
  .object({
    id: idSchema,
    kind: z.literal('flow-run'),
    name: z.string(),
    flow: flowRefSchema,
    deployment: deploymentRefSchema.nullable(),
    state: runStateSchema,
    parameters: jsonObjectSchema,
    job_variables: jsonObjectSchema,
    tags: z.array(z.string()),
    scheduled_at: instantSchema.describe('When it is, or was, to start.'),
    created: instantSchema,
    started: instantSchema.nullable().describe('Start of its first attempt.'),
    ended: instantSchema.nullable(),
    duration_ms: z.number().nullable().describe('Milliseconds from start to end; until now while it runs.'),
    attempt: countSchema.describe('0 before the first start.'),
    launch_id: idSchema.nullable().describe('The launch that made it.'),
    automation: z.object({ id: idSchema, key: z.string() }).nullable(),
    event_id: idSchema.nullable().describe('The event that launched it.'),
    created_by: z.string().describe('Who made it: `automation`, or the actor of a request.'),
    work_pool: z.string().nullable(),
    work_queue: z.string().nullable(),
    worker: z.string().nullable().describe('Name of the worker of the latest attempt.'),
    result: jsonValueSchema.describe('What the program returned; null before.'),
    error: runErrorSchema.nullable(),
    depth: countSchema.describe('Generations from the event that began the chain.'),
    root_id: idSchema.nullable().describe('Id of the event that began the chain.'),
    traceparent: traceparentSchema,
  })
  .meta({ id: 'Run', description: 'One execution of a deployment.' })
export interface Run extends z.output<typeof runSchema> {}

const filter = {
  state: queryList(z.string().min(1)).optional().describe('State type or name, such as `RUNNING` or `TimedOut`.'),
  deployment: z.string().optional().describe('`flow/name`, key or id.'),
  flow: z.string().optional().describe('Name or id.'),
  automation: z.string().optional().describe('Key, name or id.'),
  launch: idSchema.optional().describe('Id of the launch.'),
  event_id: idSchema.optional().describe('Launched by this event.'),
  work_pool: z.string().optional().describe('Name of the work pool.'),
  tag: queryList(z.string().min(1)).optional().describe('Has all of these tags.'),
  since: instantInputSchema.optional().describe('Created at or after.'),
  until: instantInputSchema.optional().describe('Created at or before.'),
}
export const runCountQuerySchema = z.strictObject(filter)
export const runsQuerySchema = z.strictObject({ ...filter, ...pageQuery })
export interface RunsQuery extends z.output<typeof runsQuerySchema> {}

export const runCountSchema = z
  .object({
    count: countSchema,
    by_state: z.partialRecord(runStateTypeSchema, countSchema).describe('State type to number of runs.'),
  })
  .meta({ id: 'RunCount' })
export interface RunCount extends z.output<typeof runCountSchema> {}

export const runCancelSchema = z
  .strictObject({ message: z.string().max(1_000).optional().describe('Why.') })
  .meta({ id: 'RunCancel' })

export const runStateEntrySchema = runStateSchema
  .extend({ id: idSchema.describe('Also the id of the event of the change.'), attempt: countSchema })
  .meta({ id: 'RunStateEntry' })
export interface RunStateEntry extends z.output<typeof runStateEntrySchema> {}

export const runStatesSchema = z.object({ items: z.array(runStateEntrySchema) }).meta({ id: 'RunStates' })
export interface RunStates extends z.output<typeof runStatesSchema> {}

export const logLineSchema = z
  .object({
    position: countSchema.describe('Rises over the attempts of a run.'),
    attempt: countSchema,
    stream: logStreamSchema,
    at: instantSchema,
    text: z.string(),
  })
  .meta({ id: 'LogLine' })
export interface LogLine extends z.output<typeof logLineSchema> {}

export const logsQuerySchema = z.strictObject({
  attempt: queryInteger({ min: 1 }).optional().describe('Only of this attempt.'),
  stream: logStreamSchema.optional(),
  ...pageQuery,
})
export const logStreamQuerySchema = z.strictObject({
  after_position: queryInteger({ min: 0 }).optional().describe('Lines later than this; all when left out.'),
})
