import { z } from 'zod'
import { pageQuery } from './page.ts'
import { reportedStateTypeSchema, runErrorSchema } from './run-state.ts'
import {
  countSchema,
  idSchema,
  instantInputSchema,
  instantSchema,
  jsonObjectSchema,
  jsonValueSchema,
  nameSchema,
} from './scalar.ts'

/** Most runs one claim may take. */
export const CLAIM_RUNS_MAX = 100
/** Longest a claim may wait for a run, in seconds. */
export const CLAIM_WAIT_SECONDS_MAX = 30
/** Most log lines one request may bring. */
export const LOG_LINES_PER_REQUEST_MAX = 1_000
/** Longest log line, in characters; a longer one is cut. */
export const LOG_LINE_CHARS_MAX = 16_384

export const workerSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    pool: z.string().describe('Name of the work pool it serves.'),
    status: z.enum(['online', 'offline']),
    last_heartbeat: instantSchema,
    started: instantSchema,
    host: z.string(),
    pid: countSchema,
    version: z.string(),
    running: countSchema.describe('Runs it works on now.'),
  })
  .meta({ id: 'Worker', description: 'A process that executes runs.' })
export interface Worker extends z.output<typeof workerSchema> {}

export const workersQuerySchema = z.strictObject({
  pool: z.string().optional().describe('Name of the work pool.'),
  status: z.enum(['online', 'offline']).optional(),
  ...pageQuery,
})

export const workerInputSchema = z
  .strictObject({
    name: nameSchema,
    host: z.string().max(255),
    pid: z.int().min(0),
    version: z.string().max(64),
  })
  .meta({ id: 'WorkerInput' })
export interface WorkerInput extends z.input<typeof workerInputSchema> {}

export const heartbeatInputSchema = z
  .strictObject({
    running: z.array(z.strictObject({ run_id: idSchema, attempt: z.int().min(1) })).describe('What it works on.'),
  })
  .meta({ id: 'HeartbeatInput' })
export interface HeartbeatInput extends z.input<typeof heartbeatInputSchema> {}

export const heartbeatAnswerSchema = z
  .object({
    cancel: z.array(idSchema).describe('Runs to stop because somebody cancelled them.'),
    lost: z.array(idSchema).describe('Runs that are no longer its own: stop them and report nothing.'),
  })
  .meta({ id: 'HeartbeatAnswer' })
export interface HeartbeatAnswer extends z.output<typeof heartbeatAnswerSchema> {}

export const claimInputSchema = z
  .strictObject({
    limit: z.int().min(1).max(CLAIM_RUNS_MAX).default(1).describe('Most runs to take.'),
    wait_seconds: z.number().min(0).max(CLAIM_WAIT_SECONDS_MAX).default(0).describe('How long to wait for the first.'),
  })
  .meta({ id: 'ClaimInput' })
export interface ClaimInput extends z.input<typeof claimInputSchema> {}

export const runAssignmentSchema = z
  .object({
    run_id: idSchema,
    name: z.string(),
    attempt: z.int().min(1).describe('Reports name it; those of an older attempt are refused.'),
    flow: z.string(),
    deployment: z.string(),
    entrypoint: z.string().nullable(),
    command: z.union([z.string(), z.array(z.string())]).nullable(),
    directory: z.string().nullable(),
    commit: z.string().nullable(),
    parameters: jsonObjectSchema,
    env: z.record(z.string(), z.string()).describe('Environment of the process, besides the worker’s own.'),
    timeout_seconds: z.number().nullable(),
    traceparent: z.string().nullable(),
  })
  .meta({ id: 'RunAssignment', description: 'Everything a worker needs to execute one attempt of a run.' })
export interface RunAssignment extends z.output<typeof runAssignmentSchema> {}

export const claimAnswerSchema = z.object({ runs: z.array(runAssignmentSchema) }).meta({ id: 'ClaimAnswer' })
export interface ClaimAnswer extends z.output<typeof claimAnswerSchema> {}

export const stateReportSchema = z
  .strictObject({
    attempt: z.int().min(1),
    type: reportedStateTypeSchema,
    name: z.string().min(1).max(255).optional().describe('The usual name of the type when left out.'),
    message: z.string().max(100_000).optional(),
    result: jsonValueSchema.optional().describe('What the program returned.'),
    error: runErrorSchema.optional(),
  })
  .meta({ id: 'StateReport' })
export interface StateReport extends z.input<typeof stateReportSchema> {}

export const logStreamSchema = z.enum(['stdout', 'stderr', 'system'])
export type LogStream = z.output<typeof logStreamSchema>

export const logReportSchema = z
  .strictObject({
    attempt: z.int().min(1),
    lines: z
      .array(z.strictObject({ stream: logStreamSchema, at: instantInputSchema, text: z.string() }))
      .max(LOG_LINES_PER_REQUEST_MAX),
  })
  .meta({ id: 'LogReport' })
export interface LogReport extends z.input<typeof logReportSchema> {}
