import { z } from 'zod'
import { pageQuery } from './page.ts'
import { instantSchema, keySchema, nameSchema } from './scalar.ts'

/** Exists from the start; used where a request names no project. */
export const DEFAULT_PROJECT = 'default'

/** Request header that chooses the project, by key or id. */
export const PROJECT_HEADER = 'upon-project'

export const projectSchema = z
  .object({
    id: z.string().describe('A UUID; `default` for the first one.'),
    key: z.string(),
    name: z.string(),
    description: z.string(),
    created: instantSchema,
  })
  .meta({ id: 'Project', description: 'Owns events, automations, deployments and runs.' })
export interface Project extends z.output<typeof projectSchema> {}

export const projectInputSchema = z
  .strictObject({
    key: keySchema,
    name: nameSchema.optional().describe('The key when left out.'),
    description: z.string().max(10_000).default(''),
  })
  .meta({ id: 'ProjectInput' })
export interface ProjectInput extends z.input<typeof projectInputSchema> {}

export const projectsQuerySchema = z.strictObject(pageQuery)
