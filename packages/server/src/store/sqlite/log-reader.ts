import type { AutomationVersion, Entry } from '@upon/engine'
import { decode } from '../tables/json-column.ts'
import { type LogEventRow, loggedEvent } from '../tables/log-row.ts'
import type { SqliteDatabase } from './driver.ts'

interface EntryRow extends LogEventRow {
  readonly project: string
  readonly kind: Entry['kind']
  readonly automationId: string | null
  readonly automationVersion: number | null
  readonly resumed: number | null
}

const EVENT_COLUMNS = `position, received, project, event_id AS eventId, source, name, occurred, occurred_text AS occurredText,
  follows, depth, root_id AS rootId, root_received AS rootReceived, traceparent, resource, related, payload`

const READ = `
SELECT ${EVENT_COLUMNS}, kind, automation_id AS automationId, automation_version AS automationVersion, resumed
FROM log WHERE position > ? ORDER BY position LIMIT ?`

const LEADER = 'SELECT min(position) AS position FROM log WHERE project = ? AND event_id = ?'

/** Reads entries in order, as the engine takes them. */
export function createLogReader(db: SqliteDatabase) {
  const rows = db.prepare<EntryRow>(READ)
  const head = db.prepare<{ position: number; received: number }>(
    'SELECT position, received FROM log ORDER BY position DESC LIMIT 1',
  )
  const leader = db.prepare<{ position: number | null }>(LEADER)
  const version = db.prepare<{ engine: string }>('SELECT engine FROM automation_versions WHERE id = ? AND version = ?')
  const event = db.prepare<LogEventRow>(`SELECT ${EVENT_COLUMNS} FROM log WHERE position = ? AND kind = 'event'`)

  function automationVersion(row: EntryRow): AutomationVersion | null {
    if (row.automationVersion === null) return null
    const found = version.get(row.automationId, row.automationVersion)
    if (found === undefined) {
      throw new Error(
        `the log names automation ${row.automationId} version ${row.automationVersion}, which is not stored`,
      )
    }
    return decode<AutomationVersion>(found.engine)
  }

  function entryOf(row: EntryRow): Entry {
    const { position, received, project } = row
    if (row.kind === 'event') {
      const leaderPosition = row.follows === null ? null : (leader.get(project, row.follows)?.position ?? null)
      return { kind: 'event', position, received, project, event: loggedEvent(row), leaderPosition }
    }
    if (row.kind === 'clock') return { kind: 'clock', position, received, project, resumed: row.resumed === 1 }
    const automationId = row.automationId ?? ''
    return { kind: 'automation', position, received, project, automationId, version: automationVersion(row) }
  }

  return {
    read: (after: number, limit: number): Entry[] => rows.all(after, limit).map(entryOf),
    head: () => ({ ...(head.get() ?? { position: 0, received: 0 }) }),
    eventAt(position: number) {
      const row = event.get(position)
      return row === undefined ? null : loggedEvent(row)
    },
  }
}

export type LogReader = ReturnType<typeof createLogReader>
