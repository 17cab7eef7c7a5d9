import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { someOf } from './event-conditions.ts'

/**
 * A row of the project that has the reference in one of the columns. Each alternative names the project, so that each
 * can use its own index.
 */
export const refersTo = (
  project: string,
  reference: string,
  columns: readonly ('id' | 'key' | 'name')[],
): RawBuilder<SqlBool> =>
  someOf(columns.map((column) => sql<SqlBool>`(project = ${project} AND ${sql.ref(column)} = ${reference})`))
