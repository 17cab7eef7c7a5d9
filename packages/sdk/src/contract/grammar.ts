import {
  durationSchema as anyDurationSchema,
  triggerSchema as engineTriggerSchema,
  type TriggerJson,
} from '@upon/engine'
import { z } from 'zod'
import type { Schema } from '../route.ts'
import { jsonObjectSchema, nameSchema } from './scalar.ts'

/** The one place where the contract meets the engine's grammar. */

/** A duration as people write it; parsed it is a number of seconds. */
export const durationSchema = anyDurationSchema
  .pipe(z.number().nonnegative({ error: 'must be non-negative' }))
  .describe('Seconds, ISO 8601, `HH:MM:SS` or `1h 30m`.')

const eventTrigger = engineTriggerSchema.unwrap()

/** A trigger as people write it: what is left out has a default. */
export interface TriggerInput extends z.input<typeof eventTrigger.out> {}
/** A trigger as it is stored: every default filled in, durations in seconds. */
export type Trigger = TriggerJson

export const triggerSchema: Schema<Trigger, TriggerInput> = z
  .pipe(given<TriggerInput>(), engineTriggerSchema)
  .nonoptional()

const deploymentFields = {
  name: nameSchema.nullish().describe('Name of the automation; `<deployment>__automation_<n>` when left out.'),
  description: z.string().max(10_000).default('').describe('What it is for.'),
  enabled: z.boolean().default(true).describe('Whether it fires.'),
  parameters: jsonObjectSchema.nullish().describe('Parameters of the run; text is a template.'),
  job_variables: jsonObjectSchema.nullish().describe('Overrides for the infrastructure of the run.'),
  schedule_after: durationSchema.prefault(0).describe('Start the run this much later.'),
}

/** Trigger and automation fields side by side, as files write them; parsed, the trigger is apart. */
const flatDeploymentTriggerSchema = z
  .strictObject({ ...eventTrigger.out.shape, ...deploymentFields })
  .transform(({ name, description, enabled, parameters, job_variables, schedule_after, id: _ignored, ...trigger }) => ({
    name: name ?? null,
    description,
    enabled,
    parameters: parameters ?? null,
    job_variables: job_variables ?? null,
    schedule_after,
    trigger,
  }))

export interface DeploymentTriggerInput extends z.input<typeof flatDeploymentTriggerSchema> {}
export interface DeploymentTrigger extends z.output<typeof flatDeploymentTriggerSchema> {}

export const deploymentTriggerSchema: Schema<DeploymentTrigger, DeploymentTriggerInput> = z
  .pipe(given<DeploymentTriggerInput>(), z.pipe(eventTrigger.in, flatDeploymentTriggerSchema))
  .nonoptional()
  .meta({ id: 'DeploymentTrigger', description: 'When to run a deployment, and with what.' })

/** Names the type of what is written; the schema behind it takes anything so that it can explain itself. */
function given<T>() {
  return z.transform((input: T): unknown => input)
}
