import { z } from 'zod'
import { automationRefSchema } from './automation.ts'
import { pageQuery } from './page.ts'
import { queryList } from './query.ts'
import {
  countSchema,
  idSchema,
  instantInputSchema,
  instantSchema,
  jsonObjectSchema,
  traceparentSchema,
} from './scalar.ts'

export const LAUNCH_STATES = ['pending', 'running', 'retrying', 'succeeded', 'failed', 'dead', 'refused'] as const
export const launchStateSchema = z.enum(LAUNCH_STATES).meta({
  id: 'LaunchState',
  description: '`dead`: given up after the last retry. `refused`: fired, but not allowed to launch.',
})
export type LaunchState = z.output<typeof launchStateSchema>

export const LAUNCH_ACTION_STATES = [
  'pending',
  'running',
  'retrying',
  'succeeded',
  'failed',
  'dead',
  'skipped',
] as const
export const ACTION_LISTS = ['actions', 'actions_on_trigger', 'actions_on_resolve'] as const

export const firingSchema = z
  .object({
    id: idSchema.describe('Derived from its cause: the same on every replay.'),
    trigger_path: z.string().describe('The trigger inside the automation; empty for the root.'),
    state: z.enum(['Triggered', 'Resolved']),
    key: z.string().describe('Values of `for_each`; empty without.'),
    labels: z.record(z.string(), z.string()).describe('`for_each` label to value.'),
    at: instantSchema.describe('Logical time of the decision.'),
    event_id: idSchema.nullable().describe('The triggering event.'),
    event_position: countSchema.nullable(),
    cause: z.string().describe('What decided it, such as `event:<source>:<id>`.'),
    value: z.number().nullable().describe('The metric value, if it was one.'),
  })
  .meta({ id: 'Firing', description: 'The decision that a trigger fired.' })
export interface Firing extends z.output<typeof firingSchema> {}

export const launchActionSchema = z
  .object({
    index: countSchema.describe('Place in the launch, counted over all its lists.'),
    list: z.enum(ACTION_LISTS),
    type: z.string(),
    name: z.string().nullable(),
    state: z.enum(LAUNCH_ACTION_STATES),
    attempts: countSchema.describe('How often it was tried.'),
    idempotency_key: z.string().describe('The same for every attempt.'),
    result: jsonObjectSchema.nullable().describe('What it made, such as `run_id`.'),
    error: z.string().nullable(),
    warnings: z.array(z.string()),
    started: instantSchema.nullable(),
    ended: instantSchema.nullable(),
    next_attempt: instantSchema.nullable(),
  })
  .meta({ id: 'LaunchAction', description: 'One action of a launch and what became of it.' })
export interface LaunchAction extends z.output<typeof launchActionSchema> {}

export const launchSchema = z
  .object({
    id: idSchema,
    project: z.string().describe('Key of its project.'),
    automation: automationRefSchema,
    firing: firingSchema,
    state: launchStateSchema,
    reason: z
      .object({ code: z.string(), detail: z.string() })
      .nullable()
      .describe('Why it was refused or gave up; null otherwise.'),
    depth: countSchema.describe('Generations from the event that began the chain.'),
    root_id: idSchema.describe('Id of the event that began the chain.'),
    traceparent: traceparentSchema,
    warnings: z.array(z.string()),
    actions: z.array(launchActionSchema),
    fired_at: instantSchema,
    ended: instantSchema.nullable(),
  })
  .meta({ id: 'Launch', description: 'A row of the launch log: a firing and what was done about it.' })
export interface Launch extends z.output<typeof launchSchema> {}

export const launchesQuerySchema = z.strictObject({
  automation: z.string().optional().describe('Key, name or id of the automation.'),
  state: queryList(launchStateSchema).optional().describe('Repeatable.'),
  event_id: idSchema.optional().describe('Launched by this event.'),
  since: instantInputSchema.optional().describe('Fired at or after.'),
  until: instantInputSchema.optional().describe('Fired at or before.'),
  ...pageQuery,
})
export interface LaunchesQuery extends z.output<typeof launchesQuerySchema> {}
