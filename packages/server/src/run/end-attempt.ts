import { type Json, SECOND } from '@upon/engine'
import { instantText } from '../lib/instant-text.ts'
import type { RunError, RunRow } from '../store/run-table.ts'
import type { Tables } from '../store/store.ts'
import { changeState } from './change-state.ts'
import { defaultName } from './run-state.ts'

export interface AttemptEnd {
  readonly type: 'COMPLETED' | 'FAILED' | 'CRASHED' | 'CANCELLED'
  readonly name?: string | undefined
  readonly message?: string | null | undefined
  readonly result?: Json | undefined
  readonly error?: RunError | null | undefined
  readonly at: number
}

/**
 * Ends the current attempt; with attempts left, a failure or crash leads to the next one. As in Prefect, a failure that
 * will be retried is never `Failed`; a crash is recorded as one first, since what was lost may still be looked for.
 */
export async function endAttempt(tx: Tables, run: RunRow, end: AttemptEnd): Promise<RunRow> {
  const { type, name, message, at } = end
  const set = { result: end.result ?? null, error: end.error ?? null }
  if (run.state.type === 'CANCELLING') {
    return changeState(tx, run, { type: 'CANCELLED', message: cancelledMessage(end), at, intended: type, set })
  }
  const again = (type === 'FAILED' || type === 'CRASHED') && run.attempt < run.attemptsMax
  if (!again) return changeState(tx, run, { type, name, message, at, set })
  if (type === 'FAILED') return awaitRetry(tx, { ...run, ...set }, end)
  return awaitRetry(tx, await changeState(tx, run, { type, name, message, at, set }), end)
}

function awaitRetry(tx: Tables, run: RunRow, { type, name, message, at }: AttemptEnd): Promise<RunRow> {
  const scheduledAt = at + Math.round(run.retryDelaySeconds * SECOND)
  // A crash has a state of its own, which says why.
  const why = type === 'FAILED' && message ? `: ${message}` : ''
  const ended = `attempt ${run.attempt} of ${run.attemptsMax} ended as ${name ?? defaultName(type)}${why}`
  return changeState(tx, run, {
    type: 'SCHEDULED',
    name: 'AwaitingRetry',
    message: `${ended}; the next may start at ${instantText(scheduledAt)}`,
    at,
    intended: type === 'FAILED' ? 'FAILED' : 'SCHEDULED',
    set: { scheduledAt },
  })
}

function cancelledMessage({ type, name, message }: AttemptEnd): string | null {
  if (type === 'CANCELLED') return message ?? null
  return `had ended as ${name ?? defaultName(type)} before it could be cancelled${message ? `: ${message}` : ''}`
}

/** Takes an attempt back that its worker never started. It does not count against the run's retries. */
export function giveBack(tx: Tables, run: RunRow, { reason, at }: { reason: string; at: number }): Promise<RunRow> {
  return changeState(tx, run, {
    type: 'SCHEDULED',
    message: `attempt ${run.attempt} was not started: ${reason}`,
    at,
    set: { scheduledAt: Math.min(run.scheduledAt, at), attemptsMax: run.attemptsMax + 1, workerId: null },
  })
}
