import type { RetentionLimits } from '../store.ts'
import type { SqliteDatabase } from './driver.ts'

/** Events that a window, an open launch or an open run names. */
const PINNED = `
  SELECT event_position FROM windows WHERE event_position IS NOT NULL
  UNION ALL SELECT event_position FROM launches INDEXED BY launches_outbox
    WHERE due IS NOT NULL AND event_position IS NOT NULL
  UNION ALL SELECT log.position FROM runs INDEXED BY runs_open_event JOIN log ON log.project = runs.project AND log.event_id = runs.event_id
    WHERE runs.event_id IS NOT NULL AND runs.ended IS NULL`

/** Automation entries stay: what was in force must be known for as long as the log is read. */
const LOG = `
DELETE FROM log WHERE position IN (
  SELECT position FROM log
  WHERE position <= ?1 AND kind <> 'automation' AND position NOT IN (${PINNED})
  ORDER BY position LIMIT ?2)`

/** The last state of a window before the bound stays, since it is the state after the bound until the next change. */
const WINDOW_HISTORY = `
DELETE FROM window_history WHERE ("trigger", key, batch_start) IN (
  SELECT "trigger", key, batch_start FROM window_history AS old
  WHERE batch_start <= ?1 AND (state IS NULL OR EXISTS (
    SELECT 1 FROM window_history AS newer
    WHERE newer."trigger" = old."trigger" AND newer.key = old.key
      AND newer.batch_start > old.batch_start AND newer.batch_start <= ?1))
  LIMIT ?2)`

const DECIDED_BATCHES = `
DELETE FROM decided_batches WHERE batch_start IN (
  SELECT batch_start FROM decided_batches WHERE batch_end <= ?1 ORDER BY batch_start LIMIT ?2)`

const OBSERVATIONS = `
DELETE FROM observations WHERE id IN (SELECT id FROM observations WHERE position <= ?1 ORDER BY position LIMIT ?2)`

const ENDED_LAUNCHES = `
SELECT id FROM launches WHERE ended < ?1
  AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.launch_id = launches.id AND runs.ended IS NULL)
ORDER BY ended LIMIT ?2`

const RUN_LOGS = `
DELETE FROM run_logs WHERE sequence IN (
  SELECT run_logs.sequence FROM runs JOIN run_logs ON run_logs.run_id = runs.id WHERE runs.ended < ?1 LIMIT ?2)`

/** A run leaves after its logs, of which it may have more than one call removes. */
const ENDED_RUNS = `
SELECT id FROM runs WHERE ended < ?1 AND NOT EXISTS (SELECT 1 FROM run_logs WHERE run_logs.run_id = runs.id)
ORDER BY ended LIMIT ?2`

/** Removes what the limits allow, at most `batch` rows per table, inside the caller's transaction. */
export function createRetention(db: SqliteDatabase) {
  const bound = createEventBound(db)
  const launches = db.prepare<{ id: string }>(ENDED_LAUNCHES)
  const runs = db.prepare<{ id: string }>(ENDED_RUNS)
  const removing = (sql: string) => {
    const statement = db.prepare(sql)
    return (limit: number, batch: number): number => Number(statement.run(limit, batch).changes)
  }
  const log = removing(LOG)
  const windowHistory = removing(WINDOW_HISTORY)
  const decidedBatches = removing(DECIDED_BATCHES)
  const observations = removing(OBSERVATIONS)
  const runLogs = removing(RUN_LOGS)
  const removeLaunch = createRemoval(db, { launch_actions: 'launch_id', firings: 'id', launches: 'id' })
  const removeRun = createRemoval(db, { run_states: 'run_id', runs: 'id' })

  return function retain({ eventsBefore, launchesBefore, batch }: RetentionLimits): Record<string, number> {
    const last = bound(eventsBefore)
    const oldLaunches = launches.all(launchesBefore, batch)
    for (const { id } of oldLaunches) removeLaunch(id)
    const logs = runLogs(launchesBefore, batch)
    const oldRuns = runs.all(launchesBefore, batch)
    for (const { id } of oldRuns) removeRun(id)
    return {
      log: log(last, batch),
      window_history: windowHistory(last, batch),
      decided_batches: decidedBatches(last, batch),
      observations: observations(last, batch),
      launches: oldLaunches.length,
      runs: oldRuns.length,
      run_logs: logs,
    }
  }
}

/** Deletes the rows of one id from several tables. */
function createRemoval(db: SqliteDatabase, columns: Readonly<Record<string, string>>) {
  const statements = Object.entries(columns).map(([table, column]) =>
    db.prepare(`DELETE FROM ${table} WHERE ${column} = ?`),
  )
  return (id: string): void => {
    for (const statement of statements) statement.run(id)
  }
}

/**
 * The last position that may go: decided, received before the instant, and not the head, from which the next position
 * follows. `received` rises with the position, so it is found by halving instead of by an index.
 */
function createEventBound(db: SqliteDatabase) {
  const ends = db.prepare<{ low: number | null; high: number | null }>(
    `SELECT (SELECT min(position) FROM log) AS low,
            min((SELECT max(position) - 1 FROM log), (SELECT cursor FROM decider)) AS high`,
  )
  const at = db.prepare<{ position: number; received: number }>(
    'SELECT position, received FROM log WHERE position <= ? ORDER BY position DESC LIMIT 1',
  )

  return function bound(before: number): number {
    const { low, high } = ends.get() ?? { low: null, high: null }
    if (low === null || high === null) return 0
    let known = low - 1
    let unknown = high
    while (known < unknown) {
      const middle = Math.ceil((known + unknown) / 2)
      const row = at.get(middle)
      if (row === undefined || row.received < before) known = middle
      else unknown = Math.min(row.position, middle) - 1
    }
    return known
  }
}
