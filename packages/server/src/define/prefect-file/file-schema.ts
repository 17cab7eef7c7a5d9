import { type Json, type JsonObject, strictObject } from '@upon/engine'
import { collisionStrategySchema, durationSchema, jsonObjectSchema } from '@upon/sdk'
import { z } from 'zod'

const BOOLEAN_WORDS = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
])

/** The boolean a text stands for: placeholders of environment variables leave text. Anything else is given back. */
export function booleanOf<T>(value: T): T | boolean {
  return typeof value === 'string' ? (BOOLEAN_WORDS.get(value.trim().toLowerCase()) ?? value) : value
}

const integerOf = (value: unknown): unknown =>
  typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value

const boolean = z.preprocess(booleanOf, z.boolean()).nullish()
const integer = z.preprocess(integerOf, z.int())
const text = z.string().nullish()
const object = jsonObjectSchema.nullish()
const anything = z.custom<Json>().optional()
const steps = z
  .union([z.array(jsonObjectSchema), jsonObjectSchema], { error: 'must be a list of steps' })
  .nullish()
  .transform((section): Json => section ?? null)

const tag = z.union([z.string(), z.number().transform(String)], { error: 'must be text' })

const scheduleKinds = {
  cron: text,
  interval: durationSchema.nullish(),
  rrule: text,
  timezone: text,
  anchor_date: text,
  day_or: boolean,
}

/** The right keys of one schedule; an empty object is what a new file holds for none. */
const scheduleSchema = strictObject({
  ...scheduleKinds,
  schedule: strictObject(scheduleKinds).nullish(),
  active: boolean,
  parameters: object,
  slug: text,
  replaces: text,
  max_scheduled_runs: z.int().nullish(),
}).superRefine((schedule, context) => {
  const { cron, interval, rrule } = schedule.schedule ?? schedule
  const given = [cron, interval, rrule].filter((kind) => kind !== undefined && kind !== null).length
  if (given === 1 || Object.keys(schedule).length === 0) return
  context.addIssue({ code: 'custom', message: 'needs exactly one of cron, interval and rrule' })
})

const concurrencyLimitSchema = z.union([
  integer.transform((limit) => ({ limit, collision_strategy: undefined, grace_period_seconds: undefined })),
  strictObject({
    limit: integer.nullish(),
    collision_strategy: collisionStrategySchema.nullish(),
    grace_period_seconds: integer.nullish(),
  }),
])

/** A deployment of the file once its placeholders are filled in. */
export const deploymentEntrySchema = strictObject({
  name: text,
  version: text,
  version_type: text,
  tags: z.union([z.array(tag), tag.transform((only) => [only])], { error: 'must be a list of text' }).nullish(),
  description: text,
  flow_name: text,
  entrypoint: text,
  parameters: object,
  enforce_parameter_schema: boolean,
  schedule: scheduleSchema.nullish(),
  schedules: z.array(scheduleSchema).nullish(),
  paused: boolean,
  concurrency_limit: concurrencyLimitSchema.nullish(),
  work_pool: strictObject({ name: text, work_queue_name: text, job_variables: object }).nullish(),
  triggers: z.array(jsonObjectSchema).nullish(),
  sla: anything,
  build: steps,
  push: steps,
  pull: steps,
  // Not Prefect's: what Upon can do besides.
  command: z.union([z.string(), z.array(z.string())], { error: 'must be text or a list of text' }).nullish(),
  job_variables: object,
  timeout_seconds: durationSchema.nullish(),
  retries: integer.nullish(),
  retry_delay_seconds: durationSchema.nullish(),
})
export type DeploymentEntry = z.output<typeof deploymentEntrySchema>

/** The top level of the file. */
export const fileSchema = strictObject({
  name: text,
  'prefect-version': z.union([z.string(), z.number().transform(String)]).nullish(),
  build: steps,
  push: steps,
  pull: steps,
  definitions: anything,
  deployments: z.array(jsonObjectSchema).nullish(),
})
export type FileEntry = z.output<typeof fileSchema>

/** The file without the keys that only hold anchors: those that start with `x-` or a dot. */
export const withoutAnchorKeys = (file: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(file).filter(([key]) => !/^(x-|\.)/.test(key)))
