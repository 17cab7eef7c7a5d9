import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Schema } from '../tables/schema.ts'
import type { SqlRow, SqlValue } from './driver.ts'

/** Rows of one statement; `changes` where it wrote. */
export interface Executed {
  readonly rows: SqlRow[]
  readonly changes: number
}

export type Execute = (sql: string, values: readonly SqlValue[]) => Executed | Promise<Executed>

/** A query builder that compiles for SQLite and hands the statements to `execute`. */
export function createKysely(execute: Execute): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ExecuteDriver(execute),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
    plugins: [new CamelCasePlugin()],
  })
}

/** Transactions are begun and ended by the store around the whole piece of work, never by Kysely. */
class ExecuteDriver implements Driver {
  readonly #connection: DatabaseConnection

  constructor(execute: Execute) {
    this.#connection = new ExecuteConnection(execute)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async beginTransaction(): Promise<void> {
    throw new Error('use the transaction of the store')
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

class ExecuteConnection implements DatabaseConnection {
  readonly #execute: Execute

  constructor(execute: Execute) {
    this.#execute = execute
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = await this.#execute(query.sql, query.parameters.map(sqlValue))
    if (!areRowsOf<R>(rows)) throw new Error('the connection returned no list of rows')
    return { rows, numAffectedRows: BigInt(changes) }
  }

  // biome-ignore lint/correctness/useYield: lists are paged, so nothing is streamed
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('this store pages, it does not stream')
  }
}

/** What a statement's rows are follows from the statement, which Kysely has typed against the schema. */
const areRowsOf = <R>(rows: unknown): rows is R[] => Array.isArray(rows)

function sqlValue(value: unknown): SqlValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Uint8Array) return value
  throw new TypeError(`a ${typeof value} cannot be a parameter of a statement`)
}
