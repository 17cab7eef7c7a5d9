import type { EventTable } from '../event-table.ts'
import type { Database } from './database.ts'
import { numberKey, pageOf, rowsFor } from './page.ts'

export function createObservations({ db }: Database): Pick<EventTable, 'observations' | 'observationCounts'> {
  return {
    async observations({ project, automationId, eventId }, page) {
      const before = numberKey(page)
      let query = db
        .selectFrom('observations')
        .select(['id', 'automationId', 'version', 'reason', 'position', 'eventId', 'detail', 'at'])
        .where('project', '=', project)
      if (automationId !== undefined) query = query.where('automationId', '=', automationId)
      if (eventId !== undefined) query = query.where('eventId', '=', eventId)
      if (before !== null) query = query.where('id', '<', before)
      const rows = await query.orderBy('id', 'desc').limit(rowsFor(page)).execute()
      return pageOf(rows, page, { keyOf: ({ id }) => [id], itemOf: ({ id: _id, ...row }) => row })
    },
    async observationCounts({ project, automationId }) {
      let query = db
        .selectFrom('observationCounts')
        .select((eb) => ['reason', eb.fn.sum<number>('count').as('count')])
        .where('project', '=', project)
      if (automationId !== undefined) query = query.where('automationId', '=', automationId)
      const rows = await query.groupBy('reason').orderBy('reason').execute()
      return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]))
    },
  }
}
