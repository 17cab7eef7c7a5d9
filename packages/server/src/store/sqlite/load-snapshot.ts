import type { AutomationVersion, EngineSnapshot, StoredWindow, WindowState } from '@upon/engine'
import { decode } from '../tables/json-column.ts'
import type { SqliteDatabase } from './driver.ts'
import type { LogReader } from './log-reader.ts'

export interface DeciderRow {
  readonly position: number
  readonly clock: number
  readonly epoch: number
}

interface WindowRow {
  readonly project: string
  readonly trigger: string
  readonly key: string
  readonly state: string
}

export const DECIDER = 'SELECT cursor AS position, clock, epoch FROM decider WHERE id = 1'

/** In force is what the log said last up to the cursor, whatever was saved since. */
const IN_FORCE = `
SELECT v.engine AS engine
FROM (SELECT automation_id, max(position) AS position FROM log
      WHERE automation_id IS NOT NULL AND position <= ? GROUP BY automation_id) latest
JOIN log ON log.position = latest.position
JOIN automation_versions v ON v.id = log.automation_id AND v.version = log.automation_version
ORDER BY v.sort_order`

/** Loads what a decider continues from, as of one moment. */
export function createSnapshotLoader(db: SqliteDatabase, log: LogReader) {
  const decider = db.prepare<DeciderRow>(DECIDER)
  const inForce = db.prepare<{ engine: string }>(IN_FORCE)
  const windows = db.prepare<WindowRow>('SELECT project, "trigger", key, state FROM windows')

  function heldEvents(stored: readonly StoredWindow[]) {
    const held = stored.flatMap(({ state }) => (state.kind === 'held' ? [log.eventAt(state.position)] : []))
    return held.filter((event) => event !== null).sort((left, right) => left.position - right.position)
  }

  function snapshot(): EngineSnapshot {
    const { position: cursor, clock } = decider.get() ?? { position: 0, clock: 0 }
    const stored = windows.all().map(storedWindow)
    const automations = inForce.all(cursor).map((row) => decode<AutomationVersion>(row.engine))
    return { cursor, clock, automations, windows: stored, heldEvents: heldEvents(stored) }
  }

  return function load(): EngineSnapshot {
    db.exec('BEGIN')
    try {
      return snapshot()
    } finally {
      db.exec('COMMIT')
    }
  }
}

const storedWindow = ({ project, trigger, key, state }: WindowRow): StoredWindow => ({
  project,
  trigger,
  key,
  state: decode<WindowState>(state),
})
