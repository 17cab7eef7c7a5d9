import type { RunTable } from '../run-table.ts'
import type { Database } from './database.ts'
import { numberKey, pageOf, rowsFor } from './page.ts'

/** Rows one insert statement carries; keeps below the parameters a statement may have. */
const INSERT_ROWS_MAX = 500

export function createRunLogs({ db }: Database): Pick<RunTable, 'appendLogs' | 'logs'> {
  return {
    async appendLogs(runId, project, lines) {
      for (let start = 0; start < lines.length; start += INSERT_ROWS_MAX) {
        const rows = lines
          .slice(start, start + INSERT_ROWS_MAX)
          .map(({ attempt, stream, at, text }) => ({ runId, project, attempt, stream, at, text }))
        await db.insertInto('runLogs').values(rows).execute()
      }
    },
    async logs(project, runId, page, filter = {}) {
      const after = Math.max(numberKey(page) ?? 0, filter.afterPosition ?? 0)
      let query = db
        .selectFrom('runLogs')
        .select(['sequence', 'attempt', 'stream', 'at', 'text'])
        .where('runId', '=', runId)
        .where('project', '=', project)
      if (after > 0) query = query.where('sequence', '>', after)
      if (filter.attempt !== undefined) query = query.where('attempt', '=', filter.attempt)
      if (filter.stream !== undefined) query = query.where('stream', '=', filter.stream)
      const rows = await query.orderBy('sequence').limit(rowsFor(page)).execute()
      return pageOf(rows, page, {
        keyOf: ({ sequence }) => [sequence],
        itemOf: ({ sequence, ...line }) => ({ position: sequence, ...line }),
      })
    },
  }
}
