import type { NewRaised, RaisedTable } from '../raised-table.ts'
import type { Database } from './database.ts'
import { decode, encode } from './json-column.ts'

/** Rows one insert statement carries; keeps below the parameters a statement may have. */
const INSERT_ROWS_MAX = 500

export function createRaisedTable({ db }: Database): RaisedTable {
  return {
    async add(rows) {
      const sequences: number[] = []
      for (let start = 0; start < rows.length; start += INSERT_ROWS_MAX) {
        const values = rows.slice(start, start + INSERT_ROWS_MAX).map(raisedColumns)
        const added = await db.insertInto('raised').values(values).returning('sequence').execute()
        sequences.push(...added.map((row) => row.sequence))
      }
      return sequences.sort((left, right) => left - right)
    },
    async pending(limit) {
      const rows = await db
        .selectFrom('raised')
        .select(['sequence', 'entry'])
        .orderBy('sequence')
        .limit(limit)
        .execute()
      return rows.map(({ sequence, entry }) => ({ sequence, entry: decode<NewRaised>(entry) }))
    },
    async count() {
      const row = await db
        .selectFrom('raised')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirst()
      return row?.count ?? 0
    },
  }
}

const raisedColumns = (entry: NewRaised) => ({
  project: entry.kind === 'event' ? entry.event.project : entry.project,
  entry: encode(entry),
})
