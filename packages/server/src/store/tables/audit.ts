import type { JsonObject } from '@upon/engine'
import type { AuditTable } from '../audit-table.ts'
import type { Database } from './database.ts'
import { decode, encode } from './json-column.ts'

export function createAuditTable({ db }: Database): AuditTable {
  return {
    async add(row) {
      await db
        .insertInto('audit')
        .values({ ...row, detail: encode(row.detail) })
        .execute()
    },
    async list(project, target, limit) {
      const rows = await db
        .selectFrom('audit')
        .select(['at', 'project', 'actor', 'action', 'target', 'detail'])
        .where('project', '=', project)
        .where('target', '=', target)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ ...row, detail: decode<JsonObject>(row.detail) }))
    },
  }
}
