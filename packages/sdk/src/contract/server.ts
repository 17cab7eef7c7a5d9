import { z } from 'zod'
import { countSchema, instantSchema } from './scalar.ts'

export const serverInfoSchema = z
  .object({
    version: z.string(),
    url: z.string(),
    data: z.string().describe('Directory of its data.'),
    store: z.string().describe('Such as `SQLite`.'),
    engine_version: countSchema.describe('Version of the decision rules.'),
    node: z.string(),
    python: z.string().nullable().describe('Version of the Python that runs `.py` entrypoints; null without one.'),
    started: instantSchema,
  })
  .meta({ id: 'ServerInfo' })
export interface ServerInfo extends z.output<typeof serverInfoSchema> {}

const checkSchema = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })

export const healthSchema = z
  .object({ ok: z.boolean(), checks: z.array(checkSchema).describe('What was looked at.') })
  .meta({ id: 'Health' })
export interface Health extends z.output<typeof healthSchema> {}
