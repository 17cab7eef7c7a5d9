import type { VariableRow, VariableTable } from '../variable-table.ts'
import type { Database } from './database.ts'
import { decode, encode } from './json-column.ts'
import { pageOf, rowsFor, textKey } from './page.ts'
import { refersTo } from './reference.ts'
import type { VariableColumns } from './schema.ts'

export function createVariableTable({ db }: Database): VariableTable {
  return {
    async find(project, reference) {
      const rows = await db
        .selectFrom('variables')
        .selectAll()
        .where(refersTo(project, reference, ['id', 'name']))
        .execute()
      const row = rows.find(({ id }) => id === reference) ?? rows[0]
      return row === undefined ? null : variable(row)
    },
    async list(project, page) {
      const after = textKey(page)
      let query = db.selectFrom('variables').selectAll().where('project', '=', project)
      if (after !== null) query = query.where('name', '>', after)
      const rows = await query.orderBy('name').limit(rowsFor(page)).execute()
      return pageOf(rows, page, { keyOf: ({ name }) => [name], itemOf: variable })
    },
    async save(row) {
      const { id, ...changed } = { ...row, value: encode(row.value), tags: encode(row.tags) }
      await db
        .insertInto('variables')
        .values({ id, ...changed })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
        .execute()
    },
    async remove(project, id) {
      await db.deleteFrom('variables').where('project', '=', project).where('id', '=', id).execute()
    },
  }
}

const variable = (row: VariableColumns): VariableRow => ({
  ...row,
  value: decode(row.value),
  tags: decode<string[]>(row.tags),
})
