import type { SqliteDatabase, SqliteStatement, SqlRow, SqlValue } from './driver.ts'
import type { Executed } from './kysely-dialect.ts'

/** Prepared statements kept per connection. */
const STATEMENTS_MAX = 500

/** Runs statements on a connection, preparing each text once. */
export function createStatements(db: SqliteDatabase) {
  const prepared = new Map<string, SqliteStatement>()

  function statement(sql: string): SqliteStatement {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    if (prepared.size >= STATEMENTS_MAX) prepared.clear()
    const made = db.prepare<SqlRow>(sql)
    prepared.set(sql, made)
    return made
  }

  return function execute(sql: string, values: readonly SqlValue[]): Executed {
    if (returnsRows(sql)) {
      const rows = statement(sql).all(...values)
      return { rows, changes: rows.length }
    }
    return { rows: [], changes: Number(statement(sql).run(...values).changes) }
  }
}

export const isWrite = (sql: string): boolean => !/^\s*(select|with)\b/i.test(sql)

const returnsRows = (sql: string): boolean => !isWrite(sql) || /\breturning\b/i.test(sql)
