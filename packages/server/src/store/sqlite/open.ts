import { StoreUnavailableError } from '../errors.ts'
import type { Migration } from '../migrations/migration.ts'
import { SQLITE_MIGRATIONS } from '../migrations/sqlite/all.ts'
import type { Store } from '../store.ts'
import { type DataDirectory, type Holder, holdDataDirectory } from './data-directory.ts'
import { openDatabase, type SqliteDatabase } from './driver.ts'
import { migrate } from './migrate.ts'
import { translated } from './sqlite-error.ts'
import { createSqliteStore } from './sqlite-store.ts'

export interface SqliteStoreOptions {
  /** Created where it does not exist. One process at a time may have it open. */
  readonly directory: string
  /** Pages of 4 KiB the database may grow to. @default what the disk holds */
  readonly pagesMax?: number
  /** The schema's steps. @default those of this Upon */
  readonly migrations?: readonly Migration[]
}

/** A store in a data directory of this machine. */
export interface SqliteStore extends Store {
  /** Says where the server of this directory listens, for the message that refuses a second one. Best effort. */
  announce(holder: Holder): void
}

/** How long the writer waits for the reading thread where SQLite makes it wait, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000
/** Pages of the write-ahead log before it is copied into the database: 16 MiB, so that hot pages are copied once. */
const CHECKPOINT_PAGES = 4_000
/** Cache of the writing connection, in KiB. */
const CACHE_KIB = 32_000

/**
 * Opens the data directory, creating it and bringing its schema up to date. Throws `DataDirectoryLockedError` when
 * another server has it, `StoreVersionError` when a newer Upon or another program wrote it, and `StoreUnavailableError`
 * when it cannot be read or written.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const directory = holdDataDirectory(options.directory, process.pid)
  let db: SqliteDatabase | undefined
  try {
    db = openDatabase(directory.databaseFile, { timeout: BUSY_TIMEOUT_MS })
    configure(db, directory)
    if (options.pagesMax !== undefined) db.exec(`PRAGMA max_page_count = ${Math.trunc(options.pagesMax)}`)
    migrate(db, directory.databaseFile, options.migrations ?? SQLITE_MIGRATIONS)
    checkWritable(db)
    return createSqliteStore(db, directory)
  } catch (error) {
    db?.close()
    directory[Symbol.dispose]()
    throw translated(error, directory.databaseFile)
  }
}

/** A file this user may not write is opened all the same, and only a write says so. */
function checkWritable(db: SqliteDatabase): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    db.exec('UPDATE decider SET epoch = epoch')
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK')
  }
}

function configure(db: SqliteDatabase, { databaseFile }: DataDirectory): void {
  const mode = db.prepare<{ journal_mode: string }>('PRAGMA journal_mode = WAL').get()?.journal_mode
  if (mode !== 'wal') {
    throw new StoreUnavailableError('io', `${databaseFile} is on a file system without shared memory; use a local disk`)
  }
  db.exec('PRAGMA synchronous = FULL')
  db.exec('PRAGMA foreign_keys = ON')
  db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  db.exec(`PRAGMA cache_size = -${CACHE_KIB}`)
}
