import type { Tables } from '../store.ts'
import { createTables } from '../tables/tables.ts'
import type { DataDirectory } from './data-directory.ts'
import { openDatabase, type SqliteDatabase } from './driver.ts'
import { createKysely, type Execute } from './kysely-dialect.ts'
import { createLogReader } from './log-reader.ts'
import { createLogTail } from './log-tail.ts'
import type { SqliteStore } from './open.ts'
import { createReadThread, type ReadThread } from './read-thread.ts'
import { createRetention } from './retain.ts'
import { sqliteCapabilities } from './sql-capabilities.ts'
import { createSqliteDecisions } from './sqlite-decisions.ts'
import { createSqliteLog } from './sqlite-log.ts'
import { createStatements, isWrite } from './statements.ts'
import { createWriter } from './writer.ts'

/** Puts the store together over an open, migrated database. */
export function createSqliteStore(db: SqliteDatabase, directory: DataDirectory): SqliteStore {
  const file = directory.databaseFile
  const writer = createWriter(db, file)
  const readDb = openDatabase(file, { readOnly: true, timeout: 5_000 })
  const reader = createLogReader(readDb)
  const readThread = createReadThread(file)
  const tail = createLogTail()
  const inTransaction = tablesOver(transactional(db))
  const retain = createRetention(db)
  const checkHealth = db.prepare('UPDATE decider SET id = 1 WHERE id = 1')
  return {
    can: { notifyAcrossProcesses: false },
    description: `SQLite in ${directory.path}`,
    log: createSqliteLog({ writer, reader, tail, file }),
    decisions: createSqliteDecisions({ writer, db: readDb, log: reader, file }),
    read: tablesOver(readOnly(readThread)),
    transaction: (work) => writer.transaction(() => work(inTransaction)),
    async retain(limits) {
      const removed = await writer.transaction(() => retain(limits))
      tail.forget()
      return removed
    },
    async healthy() {
      await writer.transaction(() => checkHealth.run())
    },
    announce: (holder) => directory.announce(holder),
    async [Symbol.asyncDispose]() {
      await readThread.close()
      await writer.close()
      readDb.close()
      directory[Symbol.dispose]()
    },
  }
}

const tablesOver = (execute: Execute): Tables => createTables({ db: createKysely(execute), sql: sqliteCapabilities })

/** SQLite would refuse it too, in words that blame the disk. */
function readOnly(thread: ReadThread): Execute {
  return (sql, values) => {
    if (isWrite(sql)) throw new Error('`read` of the store only reads; write in a transaction')
    return thread.execute(sql, values)
  }
}

/** Refuses a statement of a transaction that has ended: it would silently be on its own. */
function transactional(db: SqliteDatabase): Execute {
  const execute = createStatements(db)
  return (sql, values) => {
    if (!db.isTransaction) throw new Error('the transaction has ended; await everything done in it')
    return execute(sql, values)
  }
}
