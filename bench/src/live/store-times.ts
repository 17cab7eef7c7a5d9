import { openDatabase, type SqliteDatabase } from 'upon/dist/store/sqlite/driver.js'

const POLL_MS = 5
const TIMEOUT_MS = 300_000

/** Runs `read` on a running server's database, without holding anything up. */
export async function onStore<T>(databaseFile: string, read: (db: SqliteDatabase) => T | Promise<T>): Promise<T> {
  const db = openDatabase(databaseFile, { readOnly: true, timeout: 5_000 })
  try {
    return await read(db)
  } finally {
    db.close()
  }
}

/** Polls a statement until its only column `left` is 0; returns the seconds that took. */
export function untilNothingLeft(databaseFile: string, sql: string): Promise<number> {
  const began = performance.now()
  return onStore(databaseFile, async (db) => {
    const statement = db.prepare<{ left: number | null }>(sql)
    for (;;) {
      const left = statement.get()?.left ?? 0
      const elapsed = performance.now() - began
      if (left === 0) return elapsed / 1_000
      if (elapsed > TIMEOUT_MS) throw new Error(`still ${left} left after ${TIMEOUT_MS / 1_000} s: ${sql}`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  })
}

export const untilDecided = (databaseFile: string): Promise<number> =>
  untilNothingLeft(databaseFile, 'SELECT (SELECT max(position) FROM log) - (SELECT cursor FROM decider) AS "left"')

export const untilLaunched = (databaseFile: string): Promise<number> =>
  untilNothingLeft(databaseFile, 'SELECT count(*) AS "left" FROM launches WHERE due IS NOT NULL')

export interface DispatchTime {
  /** Microseconds from when the event was received to when its action was taken up. */
  readonly us: number
}

/** For launches whose event came after `position`: how long after the event its first action was taken up. */
export function dispatchTimes(databaseFile: string, position: number): Promise<readonly number[]> {
  return onStore(databaseFile, (db) =>
    db
      .prepare<{ us: number }>(
        `SELECT action.started - log.received AS us
         FROM launches JOIN log ON log.position = launches.event_position
         JOIN launch_actions AS action ON action.launch_id = launches.id AND action.action_index = 0
         WHERE log.position > ? AND log.source = 'api'`,
      )
      .all(position)
      .map(({ us }) => us),
  )
}

export const headOf = (databaseFile: string): Promise<number> =>
  onStore(
    databaseFile,
    (db) => db.prepare<{ head: number | null }>('SELECT max(position) AS head FROM log').get()?.head ?? 0,
  )
