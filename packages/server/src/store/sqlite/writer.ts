import type { SqliteDatabase } from './driver.ts'
import { createMutex } from './mutex.ts'
import { translated } from './sqlite-error.ts'

/** The one connection that writes. Everything done on it is serialized, each in its own transaction. */
export interface Writer {
  readonly db: SqliteDatabase
  /** Commits what `work` wrote when it resolves, durably; rolls back when it throws. Errors are the store's own. */
  transaction<T>(work: () => T | Promise<T>): Promise<T>
  /** Waits for what is under way, then closes the connection. */
  close(): Promise<void>
}

export function createWriter(db: SqliteDatabase, file: string): Writer {
  const mutex = createMutex()
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')

  async function inTransaction<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      begin.run()
      const result = await work()
      commit.run()
      return result
    } catch (error) {
      rollback(db)
      throw translated(error, file)
    }
  }

  return {
    db,
    transaction: (work) => mutex.run(() => inTransaction(work)),
    close: () => mutex.run(() => db.close()),
  }
}

/** SQLite has already rolled back after some errors, such as a full disk. */
function rollback(db: SqliteDatabase): void {
  if (db.isTransaction) db.exec('ROLLBACK')
}
