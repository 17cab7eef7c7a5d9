import { createRequire } from 'node:module'

/** What SQLite takes and gives back. Instants and positions are integers below 2^53. */
export type SqlValue = null | number | bigint | string | Uint8Array
export type SqlRow = Record<string, SqlValue>

/** The part of the `node:sqlite` API that Upon uses. */
export interface SqliteDatabase {
  readonly isTransaction: boolean
  exec(sql: string): void
  /** `Row` is what the statement's columns are known to be. */
  prepare<Row = SqlRow>(sql: string): SqliteStatement<Row>
  close(): void
}

export interface SqliteStatement<Row = SqlRow> {
  run(...values: SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  get(...values: SqlValue[]): Row | undefined
  all(...values: SqlValue[]): Row[]
}

export interface SqliteOptions {
  readonly readOnly?: boolean
  /** How long a statement waits for another connection's lock, in milliseconds. */
  readonly timeout?: number
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string, options?: SqliteOptions) => SqliteDatabase
}

/** Opens a database file with the SQLite built into Node, or with the same API from npm on Node 20. */
export function openDatabase(path: string, options: SqliteOptions = {}): SqliteDatabase {
  const { DatabaseSync } = sqliteModule()
  return new DatabaseSync(path, options)
}

let loaded: SqliteModule | undefined

function sqliteModule(): SqliteModule {
  loaded ??= builtIn() ?? fromNpm()
  return loaded
}

function builtIn(): SqliteModule | undefined {
  const found = withoutExperimentalWarning(() => process.getBuiltinModule('node:sqlite'))
  return isSqliteModule(found) ? found : undefined
}

function fromNpm(): SqliteModule {
  const found: unknown = createRequire(import.meta.url)('@photostructure/sqlite')
  if (isSqliteModule(found)) return found
  throw new Error(
    `Node ${process.versions.node} has no SQLite and @photostructure/sqlite offers none for this platform`,
  )
}

function isSqliteModule(found: unknown): found is SqliteModule {
  return typeof found === 'object' && found !== null && 'DatabaseSync' in found
}

/** Node 22 warns once when its SQLite is loaded; every other warning passes. */
function withoutExperimentalWarning<T>(load: () => T): T {
  const emitWarning = process.emitWarning
  process.emitWarning = new Proxy(emitWarning, {
    apply(target, self, args: Parameters<typeof emitWarning>) {
      if (!String(args[0]).startsWith('SQLite is an experimental feature')) Reflect.apply(target, self, args)
    },
  })
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}
