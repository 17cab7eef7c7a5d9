import type { Kysely, RawBuilder, SqlBool } from 'kysely'
import type { Schema } from './schema.ts'

/** A connection and what its SQL can say. Tables branch on capabilities, never on the name of a store. */
export interface Database {
  readonly db: Kysely<Schema>
  readonly sql: SqlCapabilities
}

/** What SQL dialects say differently. Columns are named as in the schema. */
export interface SqlCapabilities {
  /** The text, upper or lower case, is somewhere in one of the text columns. */
  containsText(columns: readonly string[], text: string): RawBuilder<SqlBool>
  /** The value of one label in a column that holds an object; NULL without it. */
  label(column: string, label: string): RawBuilder<string | null>
  /** Some object in a column that holds an array has one of these values (prefixes where they end in `*`) under the label. */
  someLabel(column: string, label: string, values: readonly string[]): RawBuilder<SqlBool>
  /** The column holds an array of texts with this one in it. */
  hasText(column: string, text: string): RawBuilder<SqlBool>
  /** `column` divided by `size`, rounded down. */
  bucket(column: string, size: number): RawBuilder<number>
}
