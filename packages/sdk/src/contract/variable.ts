import { z } from 'zod'
import { pageQuery } from './page.ts'
import { queryList } from './query.ts'
import { idSchema, instantSchema, jsonValueSchema, tagsSchema } from './scalar.ts'

const variableNameSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[A-Za-z0-9_-]+$/, { error: 'the name of a variable has letters, digits, "_" and "-"' })

export const variableSchema = z
  .object({
    id: idSchema,
    name: z.string().describe('Unique in its project.'),
    value: jsonValueSchema.describe('Any JSON value.'),
    tags: z.array(z.string()),
    created: instantSchema,
    updated: instantSchema,
  })
  .meta({ id: 'Variable', description: 'A readable value for templates.' })
export interface Variable extends z.output<typeof variableSchema> {}

export const variableInputSchema = z
  .strictObject({ name: variableNameSchema, value: jsonValueSchema, tags: tagsSchema.default([]) })
  .meta({ id: 'VariableInput' })
export interface VariableInput extends z.input<typeof variableInputSchema> {}

export const variablePatchSchema = z
  .strictObject({ value: jsonValueSchema.optional(), tags: tagsSchema.optional() })
  .meta({ id: 'VariablePatch' })
export interface VariablePatch extends z.input<typeof variablePatchSchema> {}

/** For PUT, where the name is in the path. */
export const variableValueSchema = z
  .strictObject({ value: jsonValueSchema, tags: tagsSchema.default([]) })
  .meta({ id: 'VariableValue' })
export interface VariableValue extends z.input<typeof variableValueSchema> {}

export const variablesQuerySchema = z.strictObject({
  tag: queryList(z.string().min(1)).optional().describe('Has all of these tags.'),
  ...pageQuery,
})
