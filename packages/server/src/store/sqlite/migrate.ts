import { StoreVersionError } from '../errors.ts'
import type { Migration } from '../migrations/migration.ts'
import type { SqliteDatabase } from './driver.ts'

/** Marks the file as ours: "Upon" in ASCII. */
const APPLICATION_ID = 0x55706f6e

/**
 * Brings the schema to the newest version, one transaction per step. Throws `StoreVersionError` when the file was
 * written by a newer Upon or by another program; it is then left as it is.
 */
export function migrate(db: SqliteDatabase, file: string, migrations: readonly Migration[]): void {
  const version = pragma(db, 'user_version')
  const newest = migrations.at(-1)?.version ?? 0
  refuseForeign(db, file, version)
  if (version > newest) {
    throw new StoreVersionError(
      `${file} has schema version ${version}, this Upon knows versions up to ${newest}. Install the Upon that wrote it, or a newer one`,
    )
  }
  for (const migration of migrations) {
    if (migration.version > version) apply(db, migration)
  }
}

function refuseForeign(db: SqliteDatabase, file: string, version: number): void {
  const application = pragma(db, 'application_id')
  const tables = db.prepare<{ count: number }>('SELECT count(*) AS count FROM sqlite_schema').get()?.count
  const isNew = tables === 0 && application === 0 && version === 0
  if (!isNew && application !== APPLICATION_ID) {
    throw new StoreVersionError(`${file} is an SQLite database of another program, and was left as it is`)
  }
}

function apply(db: SqliteDatabase, migration: Migration): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    db.exec(migration.sql)
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    db.exec(`PRAGMA user_version = ${migration.version}`)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

const pragma = (db: SqliteDatabase, name: 'user_version' | 'application_id'): number =>
  Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
