import { existsSync, readFileSync } from 'node:fs'
import type { SqliteDatabase } from 'upon/dist/store/sqlite/driver.js'
import { compare, type Difference } from './differences.ts'

/** A process started: it wrote this first. */
export interface Marker {
  readonly runId: string
  readonly attempt: number
}

/** One line for each process that began, as `run attempt`. */
export function readMarkers(file: string): readonly Marker[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => {
    const [runId = '', attempt = ''] = line.split(' ')
    return { runId, attempt: Number(attempt) }
  })
}

interface StateRow {
  readonly run_id: string
  readonly attempt: number
  readonly type: string
}

/**
 * A process may begin only for an attempt recorded as running, and once. An attempt that ended well has begun; one that
 * was recorded as running when its server was killed may never have.
 */
export function checkMarkers(db: SqliteDatabase, markers: readonly Marker[]) {
  const states = db.prepare<StateRow>('SELECT run_id, attempt, type FROM run_states').all()
  const attemptsIn = (type: string) =>
    new Set(states.filter((state) => state.type === type).map((state) => attemptKey(state.run_id, state.attempt)))
  const running = attemptsIn('RUNNING')
  const completed = attemptsIn('COMPLETED')
  const crashed = attemptsIn('CRASHED')
  const began = markers.map(({ runId, attempt }) => attemptKey(runId, attempt))
  const beganOnce = new Set(began)
  const missing = [...running].filter((attempt) => !beganOnce.has(attempt))
  const unended = db
    .prepare<{ id: string; state_type: string }>(
      "SELECT id, state_type FROM runs WHERE state_type NOT IN ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')",
    )
    .all()
  const differences: readonly Difference[] = [
    compare('process start', beganOnce, began),
    compare(
      'process of an attempt that never ran',
      [],
      [...beganOnce].filter((attempt) => !running.has(attempt)),
    ),
    compare(
      'process of an attempt that ran',
      missing.filter((attempt) => completed.has(attempt) || !crashed.has(attempt)),
      [],
    ),
    compare(
      'run that did not end',
      [],
      unended.map(({ id, state_type }) => `${id} (${state_type})`),
    ),
  ]
  return { differences, neverBegan: missing.length }
}

const attemptKey = (runId: string, attempt: number): string => `run ${runId} attempt ${attempt}`
