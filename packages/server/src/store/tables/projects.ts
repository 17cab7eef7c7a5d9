import type { ProjectTable } from '../project-table.ts'
import type { Database } from './database.ts'

export function createProjectTable({ db }: Database): ProjectTable {
  return {
    async find(reference) {
      const rows = await db
        .selectFrom('projects')
        .selectAll()
        .where((eb) => eb.or([eb('id', '=', reference), eb('key', '=', reference)]))
        .execute()
      return rows.find((row) => row.id === reference) ?? rows[0] ?? null
    },
    list: () => db.selectFrom('projects').selectAll().orderBy('key').execute(),
    async add(row) {
      await db.insertInto('projects').values(row).execute()
    },
  }
}
