import { type SqlBool, sql } from 'kysely'
import type { SqlCapabilities } from '../tables/database.ts'
import { matches, someOf } from '../tables/event-conditions.ts'

/** How SQLite says it; `LIKE` ignores the case of ASCII letters. */
export const sqliteCapabilities: SqlCapabilities = {
  containsText(columns, text) {
    const pattern = `%${escaped(text)}%`
    return someOf(columns.map((column) => sql<SqlBool>`${sql.ref(column)} LIKE ${pattern} ESCAPE '~'`))
  },
  // Looked up by key and not by path, since a label may hold any character, also those that mean something in a path.
  label: (column, label) => sql<string | null>`(SELECT value FROM json_each(${sql.ref(column)}) WHERE key = ${label})`,
  someLabel(column, label, values) {
    const some = someOf(values.map((value) => matches(sql`label.value`, value)))
    return sql<SqlBool>`EXISTS (SELECT 1 FROM json_each(${sql.ref(column)}) AS entry, json_each(entry.value) AS label
      WHERE label.key = ${label} AND ${some})`
  },
  hasText: (column, text) =>
    sql<SqlBool>`EXISTS (SELECT 1 FROM json_each(${sql.ref(column)}) AS entry WHERE entry.value = ${text})`,
  bucket: (column, size) => sql<number>`(${sql.ref(column)} / ${sql.lit(size)})`,
}

const escaped = (text: string): string => text.replaceAll(/[~%_]/g, (character) => `~${character}`)
