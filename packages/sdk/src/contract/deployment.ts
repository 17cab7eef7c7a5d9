import { z } from 'zod'
import { durationSchema } from './grammar.ts'
import { pageQuery } from './page.ts'
import { queryBoolean, queryList } from './query.ts'
import {
  countSchema,
  idSchema,
  instantInputSchema,
  instantSchema,
  jsonObjectSchema,
  keySchema,
  nameSchema,
  tagsSchema,
} from './scalar.ts'

/** Most schedules one deployment may have. */
export const SCHEDULES_MAX = 100
/** Most new attempts after a run of it crashed or failed. */
export const RUN_RETRIES_MAX = 100

export const collisionStrategySchema = z
  .enum(['ENQUEUE', 'CANCEL_NEW'])
  .describe('What becomes of a run beyond the concurrency limit: it waits, or is cancelled.')
export type CollisionStrategy = z.output<typeof collisionStrategySchema>

/** A flow and a deployment name: part of `flow/name`, so without a slash. */
const partSchema = nameSchema.refine((name) => !name.includes('/'), { error: 'a name has no "/" here' })

const commandSchema = z.union([z.string().min(1), z.array(z.string()).min(1).max(1_000)])
const secondsSchema = durationSchema.pipe(z.number().max(31_536_000))

export const deploymentInputSchema = z
  .strictObject({
    flow_name: partSchema.describe('The flow it belongs to; made if missing.'),
    name: partSchema.describe('Unique in its flow.'),
    key: keySchema.optional().describe('Unique in its project; made from flow and name when left out.'),
    version: z.string().max(255).nullable().default(null).describe('Free text.'),
    description: z.string().max(100_000).default(''),
    tags: tagsSchema.default([]),
    entrypoint: z
      .string()
      .min(1)
      .max(4_096)
      .nullable()
      .default(null)
      .describe('`file.py:function`, `file.ts:function`.'),
    command: commandSchema.nullable().default(null).describe('A program to run instead: text for a shell, or a list.'),
    directory: z.string().max(4_096).nullable().default(null).describe('Absolute directory it runs in.'),
    commit: z.string().max(255).nullable().default(null).describe('Git commit it was deployed from.'),
    parameters: jsonObjectSchema.default({}).describe('Defaults of the parameters.'),
    parameter_schema: jsonObjectSchema.nullable().default(null).describe('JSON Schema of the parameters.'),
    enforce_parameter_schema: z.boolean().default(false).describe('Refuse runs whose parameters do not fit.'),
    job_variables: jsonObjectSchema.default({}).describe('Infrastructure of its runs, such as `env`.'),
    concurrency_limit: z.int().min(1).nullable().default(null).describe('Most runs at once.'),
    collision_strategy: collisionStrategySchema.default('ENQUEUE'),
    work_pool: nameSchema.nullable().default(null).describe('Name of the work pool that runs it.'),
    work_queue: nameSchema.nullable().default(null).describe('Queue of the pool; `default` when left out.'),
    paused: z.boolean().default(false).describe('Whether its schedules stand still.'),
    schedules: z.array(jsonObjectSchema).max(SCHEDULES_MAX).default([]).describe('Kept as given.'),
    timeout_seconds: secondsSchema.nullable().default(null).describe('Longest time a run may take.'),
    retries: z.int().min(0).max(RUN_RETRIES_MAX).default(0).describe('New attempts after a failure or crash.'),
    retry_delay_seconds: secondsSchema.prefault(0).describe('Wait before a new attempt.'),
  })
  .meta({ id: 'DeploymentInput', description: 'A program that can be run, and how.' })
export interface DeploymentInput extends z.input<typeof deploymentInputSchema> {}
/** A deployment as the server reads it: defaults filled in. */
export interface ParsedDeployment extends z.output<typeof deploymentInputSchema> {}

/** How runs and other resources name a deployment. */
export const deploymentRefSchema = z
  .object({ id: idSchema, name: z.string(), full_name: z.string().describe('`flow/name`') })
  .meta({ id: 'DeploymentRef' })
export interface DeploymentRef extends z.output<typeof deploymentRefSchema> {}

export const flowRefSchema = z.object({ id: idSchema, name: z.string() }).meta({ id: 'FlowRef' })
export interface FlowRef extends z.output<typeof flowRefSchema> {}

export const deploymentSchema = z
  .object({
    id: idSchema,
    key: z.string(),
    name: z.string(),
    flow: flowRefSchema,
    full_name: z.string().describe('`flow/name`'),
    version: z.string().nullable(),
    description: z.string(),
    tags: z.array(z.string()),
    entrypoint: z.string().nullable(),
    command: z.union([z.string(), z.array(z.string())]).nullable(),
    directory: z.string().nullable(),
    commit: z.string().nullable(),
    parameters: jsonObjectSchema,
    parameter_schema: jsonObjectSchema.nullable(),
    enforce_parameter_schema: z.boolean(),
    job_variables: jsonObjectSchema,
    concurrency_limit: countSchema.nullable(),
    collision_strategy: collisionStrategySchema,
    work_pool: z.string().nullable(),
    work_queue: z.string().nullable(),
    paused: z.boolean(),
    schedules: z.array(jsonObjectSchema),
    timeout_seconds: z.number().nullable(),
    retries: countSchema,
    retry_delay_seconds: z.number(),
    created: instantSchema,
    updated: instantSchema,
  })
  .meta({ id: 'Deployment', description: 'A program that can be run, and how. Its identity is (flow, name).' })
export interface Deployment extends z.output<typeof deploymentSchema> {}

/** Without defaults: what is left out stays as it is. */
export const deploymentPatchSchema = z
  .strictObject({
    version: z.string().max(255).nullable().optional(),
    description: z.string().max(100_000).optional(),
    tags: tagsSchema.optional(),
    parameters: jsonObjectSchema.optional(),
    enforce_parameter_schema: z.boolean().optional(),
    job_variables: jsonObjectSchema.optional(),
    concurrency_limit: z.int().min(1).nullable().optional(),
    collision_strategy: collisionStrategySchema.optional(),
    work_pool: nameSchema.nullable().optional(),
    work_queue: nameSchema.nullable().optional(),
    paused: z.boolean().optional(),
    schedules: z.array(jsonObjectSchema).max(SCHEDULES_MAX).optional(),
    timeout_seconds: secondsSchema.nullable().optional(),
    retries: z.int().min(0).max(RUN_RETRIES_MAX).optional(),
    retry_delay_seconds: secondsSchema.optional(),
  })
  .meta({ id: 'DeploymentPatch', description: 'The members to change.' })
export interface DeploymentPatch extends z.input<typeof deploymentPatchSchema> {}
export interface ParsedDeploymentPatch extends z.output<typeof deploymentPatchSchema> {}

export const deploymentsQuerySchema = z.strictObject({
  name: queryList(z.string().min(1)).optional().describe('Name or `flow/name`. Repeatable.'),
  flow: z.string().optional().describe('Name or id of the flow.'),
  tag: queryList(z.string().min(1)).optional().describe('Has all of these tags.'),
  work_pool: z.string().optional().describe('Name of the work pool.'),
  paused: queryBoolean().optional(),
  ...pageQuery,
})
export interface DeploymentsQuery extends z.output<typeof deploymentsQuerySchema> {}

export const runInputSchema = z
  .strictObject({
    name: nameSchema.optional().describe('Two words are drawn when left out.'),
    parameters: jsonObjectSchema.default({}).describe('Laid over the parameters of the deployment.'),
    job_variables: jsonObjectSchema.default({}).describe('Laid over those of the deployment.'),
    tags: tagsSchema.default([]),
    scheduled_at: instantInputSchema.optional().describe('Start then; at once when left out.'),
    schedule_after: durationSchema.optional().describe('Start this much later.'),
    idempotency_key: z.string().min(1).max(255).optional().describe('The same key again answers with the first run.'),
  })
  .superRefine((run, context) => {
    if (run.scheduled_at === undefined || run.schedule_after === undefined) return
    context.addIssue({
      code: 'custom',
      path: ['schedule_after'],
      message: 'give scheduled_at or schedule_after, not both',
    })
  })
  .meta({ id: 'RunInput', description: 'How to run a deployment once.' })
export interface RunInput extends z.input<typeof runInputSchema> {}
export interface ParsedRunInput extends z.output<typeof runInputSchema> {}
