import { z } from 'zod'
import { pageQuery } from './page.ts'
import { queryList } from './query.ts'
import { idSchema, instantSchema } from './scalar.ts'

export const flowSchema = z
  .object({
    id: idSchema,
    name: z.string().describe('Unique in its project.'),
    tags: z.array(z.string()),
    created: instantSchema,
  })
  .meta({ id: 'Flow', description: 'Groups deployments; made with the first of them.' })
export interface Flow extends z.output<typeof flowSchema> {}

export const flowsQuerySchema = z.strictObject({
  name: queryList(z.string().min(1)).optional().describe('Name. Repeatable.'),
  ...pageQuery,
})
export interface FlowsQuery extends z.output<typeof flowsQuerySchema> {}
