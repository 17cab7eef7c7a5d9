import { z } from 'zod'
import { instantSchema } from './scalar.ts'

export const RUN_STATE_TYPES = [
  'SCHEDULED',
  'PENDING',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'CRASHED',
  'CANCELLING',
] as const
export const runStateTypeSchema = z.enum(RUN_STATE_TYPES).meta({ id: 'RunStateType' })
export type RunStateType = z.output<typeof runStateTypeSchema>

/** Names of states that say more than their type; every other state is called as its type, such as `Running`. */
export const RUN_STATE_NAMES = ['AwaitingConcurrencySlot', 'AwaitingRetry', 'TimedOut'] as const

/** The states a run does not leave, unless it is retried. */
export const FINAL_STATE_TYPES: readonly RunStateType[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED']

/** The states a worker may report. */
export const reportedStateTypeSchema = z.enum(['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED'])

export const runStateSchema = z
  .object({
    type: runStateTypeSchema,
    name: z.string().describe('More precise than the type, such as `TimedOut`.'),
    message: z.string().nullable(),
    timestamp: instantSchema,
  })
  .meta({ id: 'RunState' })
export interface RunState extends z.output<typeof runStateSchema> {}

export const runErrorSchema = z
  .object({
    message: z.string().max(100_000),
    type: z.string().max(255).nullable().describe('Class of the error, where there is one.'),
    traceback: z.string().max(1_000_000).nullable(),
  })
  .meta({ id: 'RunError' })
export interface RunError extends z.output<typeof runErrorSchema> {}
