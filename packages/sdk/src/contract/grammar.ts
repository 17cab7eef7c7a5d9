import { z } from 'zod'
import { type JsonObject, jsonObjectSchema, jsonValueSchema, nameSchema } from './scalar.ts'

/** The one place where the contract meets the engine's grammar. */

export const triggerInputSchema: z.ZodType<JsonObject, JsonObject> = jsonObjectSchema.meta({
  id: 'TriggerInput',
  description: 'When to fire. `type` defaults to `event`, `posture` to `Reactive`.',
})

export const triggerSchema: z.ZodType<JsonObject, JsonObject> = jsonObjectSchema.meta({
  id: 'Trigger',
  description: 'When to fire, with every default filled in; durations are seconds.',
})

/** A duration as people write it; the parsed form is seconds. */
export const durationSchema = z
  .union([z.number().nonnegative(), z.string()])
  .transform((given) => Number(given))
  .pipe(z.number().nonnegative())

const deploymentTriggerFieldsSchema = z.strictObject({
  name: nameSchema.nullish().describe('Name of the automation; `<deployment>__automation_<n>` when left out.'),
  description: z.string().max(10_000).default('').describe('What it is for.'),
  enabled: z.boolean().default(true).describe('Whether it fires.'),
  parameters: jsonObjectSchema.nullish().describe('Parameters of the run; text is a template.'),
  job_variables: jsonObjectSchema.nullish().describe('Overrides for the infrastructure of the run.'),
  schedule_after: durationSchema.prefault(0).describe('Start the run this much later.'),
})

export type DeploymentTriggerInput = z.input<typeof deploymentTriggerFieldsSchema> & JsonObject
export interface DeploymentTrigger extends z.output<typeof deploymentTriggerFieldsSchema> {
  trigger: JsonObject
}

/** Trigger and automation fields side by side, as files write them; parsed they are apart. */
export const deploymentTriggerSchema = z
  .record(z.string(), jsonValueSchema)
  .transform((given): DeploymentTrigger => {
    const fields = Object.fromEntries(
      Object.entries(given).filter(([key]) => key in deploymentTriggerFieldsSchema.shape),
    )
    const trigger = Object.fromEntries(
      Object.entries(given).filter(([key]) => !(key in deploymentTriggerFieldsSchema.shape)),
    )
    return { ...deploymentTriggerFieldsSchema.parse(fields), trigger }
  })
  .meta({ id: 'DeploymentTrigger' })
