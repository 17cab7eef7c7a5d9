import { type Expression, type RawBuilder, sql as raw, type SqlBool } from 'kysely'
import type { EventFilter } from '../event-table.ts'
import type { Database, SqlCapabilities } from './database.ts'

const RESOURCE_ID = 'prefect.resource.id'

/** What a filter asks of a row of the log. */
export function eventConditions({ sql }: Database, filter: EventFilter): Expression<SqlBool>[] {
  const { ids, names, resources, related, labels, since, until, afterPosition, text } = filter
  const all: Expression<SqlBool>[] = [raw<SqlBool>`kind = 'event'`, raw<SqlBool>`project = ${filter.project}`]
  if (ids !== undefined) all.push(anyOf('event_id', ids))
  if (names !== undefined) all.push(anyOf('name', names))
  if (resources !== undefined) all.push(anyOf('resource_id', resources))
  if (related !== undefined) all.push(sql.someLabel('related', RESOURCE_ID, related))
  for (const [label, values] of Object.entries(labels ?? {})) all.push(hasLabel(sql, label, values))
  if (since !== undefined) all.push(raw<SqlBool>`occurred >= ${since}`)
  if (until !== undefined) all.push(raw<SqlBool>`occurred <= ${until}`)
  if (afterPosition !== undefined) all.push(raw<SqlBool>`position > ${afterPosition}`)
  if (text !== undefined && text !== '') all.push(containsText(sql, text))
  return all
}

/** True when an index gives the rows in order, so that no row is looked at in vain. */
export function isIndexed(filter: EventFilter): boolean {
  const { ids, names, resources, related, labels, since, until, text } = filter
  if (ids !== undefined) return true
  if ([related, labels, since, until, text].some((condition) => condition !== undefined)) return false
  return (oneExact(names) && resources === undefined) || (oneExact(resources) && names === undefined)
}

const oneExact = (values: readonly string[] | undefined): boolean => values?.length === 1 && !values[0]?.endsWith('*')

/** Quotes and backslashes stand escaped in the columns that hold JSON. */
function containsText(sql: SqlCapabilities, text: string): Expression<SqlBool> {
  const inJson = JSON.stringify(text).slice(1, -1)
  return someOf([sql.containsText(['name'], text), sql.containsText(['resource', 'related', 'payload'], inJson)])
}

function hasLabel(sql: SqlCapabilities, label: string, values: readonly string[]): Expression<SqlBool> {
  return someOf(values.map((value) => matches(sql.label('resource', label), value)))
}

const anyOf = (column: string, values: readonly string[]): Expression<SqlBool> =>
  someOf(values.map((value) => matches(raw.ref(column), value)))

/** No value at all is met by no row. */
export const someOf = (conditions: readonly Expression<SqlBool>[]): RawBuilder<SqlBool> =>
  conditions.length === 0 ? raw<SqlBool>`1 = 0` : raw<SqlBool>`(${raw.join(conditions, raw` OR `)})`

/**
 * Equal, or starting with what is before a final `*`. A prefix is not made a range: an index would find the rows in an
 * order of its own and sort all of them for one page, where most prefixes are met by many rows.
 */
export function matches(expression: RawBuilder<unknown>, value: string): RawBuilder<SqlBool> {
  if (!value.endsWith('*')) return raw<SqlBool>`${expression} = ${value}`
  const prefix = value.slice(0, -1)
  return raw<SqlBool>`substr(${expression}, 1, ${[...prefix].length}) = ${prefix}`
}
