import { z } from 'zod'
import { pageQuery } from './page.ts'
import { countSchema, idSchema, instantSchema, jsonObjectSchema, nameSchema } from './scalar.ts'

/** Name of the queue every pool has. */
export const DEFAULT_WORK_QUEUE = 'default'

export const workQueueSchema = z
  .object({
    id: idSchema,
    name: z.string().describe('Unique in its pool.'),
    priority: countSchema.describe('1 is served first.'),
    concurrency_limit: countSchema.nullable().describe('Most runs at once.'),
    paused: z.boolean(),
  })
  .meta({ id: 'WorkQueue' })
export interface WorkQueue extends z.output<typeof workQueueSchema> {}

export const workQueueInputSchema = z
  .strictObject({
    name: nameSchema,
    priority: z.int().min(1).optional().describe('1 is served first; last when left out.'),
    concurrency_limit: z.int().min(0).nullable().default(null),
    paused: z.boolean().default(false),
  })
  .meta({ id: 'WorkQueueInput' })
export interface WorkQueueInput extends z.input<typeof workQueueInputSchema> {}

export const workQueuePatchSchema = z
  .strictObject({
    priority: z.int().min(1).optional(),
    concurrency_limit: z.int().min(0).nullable().optional(),
    paused: z.boolean().optional(),
  })
  .meta({ id: 'WorkQueuePatch' })
export interface WorkQueuePatch extends z.input<typeof workQueuePatchSchema> {}

export const workPoolSchema = z
  .object({
    id: idSchema,
    name: z.string().describe('Unique in its project.'),
    type: z.string().describe('Kind of infrastructure, such as `process`.'),
    description: z.string(),
    paused: z.boolean(),
    concurrency_limit: countSchema.nullable().describe('Most runs at once.'),
    job_variables: jsonObjectSchema.describe('Defaults for the infrastructure of its runs.'),
    queues: z.array(workQueueSchema).describe('By priority.'),
    created: instantSchema,
  })
  .meta({ id: 'WorkPool', description: 'Runs of one infrastructure type, waiting for workers.' })
export interface WorkPool extends z.output<typeof workPoolSchema> {}

export const workPoolInputSchema = z
  .strictObject({
    name: nameSchema,
    type: z.enum(['process']).default('process').describe('Kind of infrastructure.'),
    description: z.string().max(10_000).default(''),
    paused: z.boolean().default(false),
    concurrency_limit: z.int().min(0).nullable().default(null),
    job_variables: jsonObjectSchema.default({}),
  })
  .meta({ id: 'WorkPoolInput' })
export interface WorkPoolInput extends z.input<typeof workPoolInputSchema> {}

export const workPoolPatchSchema = z
  .strictObject({
    description: z.string().max(10_000).optional(),
    paused: z.boolean().optional(),
    concurrency_limit: z.int().min(0).nullable().optional(),
    job_variables: jsonObjectSchema.optional(),
  })
  .meta({ id: 'WorkPoolPatch' })
export interface WorkPoolPatch extends z.input<typeof workPoolPatchSchema> {}

export const workPoolsQuerySchema = z.strictObject({
  type: z.string().optional().describe('Kind of infrastructure.'),
  ...pageQuery,
})
