import type { SqliteDatabase } from 'upon/dist/store/sqlite/driver.js'
import type { OracleAutomation, OracleEntry } from '../oracle/replay.ts'
import type { Labels, StoredTrigger } from '../oracle/trigger.ts'

const PAGE = 5_000

interface LogRow {
  readonly position: number
  readonly received: number
  readonly kind: 'event' | 'automation' | 'clock'
  readonly event_id: string
  readonly source: string
  readonly name: string
  readonly occurred: number
  readonly occurred_text: string
  readonly follows: string | null
  readonly depth: number
  readonly root_received: number | null
  readonly automation_id: string
  readonly automation_version: number | null
  readonly resource: string
  readonly related: string
  readonly payload: string
}

/** All rows of the log, in order. */
export function* readLog(db: SqliteDatabase): Generator<LogRow> {
  const page = db.prepare<LogRow>('SELECT * FROM log WHERE position > ? ORDER BY position LIMIT ?')
  for (let after = 0; ; ) {
    const rows = page.all(after, PAGE)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.position
  }
}

/** The log as the replay takes it. */
export function* readEntries(db: SqliteDatabase): Generator<OracleEntry> {
  const versions = readVersions(db)
  for (const row of readLog(db)) {
    const { received } = row
    if (row.kind === 'clock') yield { kind: 'clock', received }
    else if (row.kind === 'event') yield eventEntry(row)
    else {
      const version =
        row.automation_version === null ? null : versions.get(versionKey(row.automation_id, row.automation_version))
      if (version === undefined) throw new Error(`the log names a version of ${row.automation_id} that is not stored`)
      yield { kind: 'automation', received, automationId: row.automation_id, version }
    }
  }
}

function eventEntry(row: LogRow): OracleEntry {
  const { position, received, occurred, source, name, follows } = row
  const resource: Labels = JSON.parse(row.resource)
  const related: readonly Labels[] = JSON.parse(row.related)
  const event = { position, received, occurred, source, name, follows, resource, related, id: row.event_id }
  return { kind: 'event', event: { ...event, depth: row.depth, rootReceived: row.root_received ?? received } }
}

interface VersionRow {
  readonly id: string
  readonly version: number
  readonly enabled: number
  readonly definition: string
}

function readVersions(db: SqliteDatabase): ReadonlyMap<string, OracleAutomation> {
  const rows = db.prepare<VersionRow>('SELECT id, version, enabled, definition FROM automation_versions').all()
  return new Map(
    rows.map(({ id, version, enabled, definition }) => {
      const { trigger }: { trigger: StoredTrigger } = JSON.parse(definition)
      return [versionKey(id, version), { id, version, enabled: enabled === 1, trigger }]
    }),
  )
}

const versionKey = (id: string, version: number): string => `${id} ${version}`

/** What makes two events the same to the one who sent them, whatever the order of their members. */
export function contentOf(event: {
  readonly event: string
  readonly occurred: string
  readonly resource: unknown
  readonly related: unknown
  readonly payload: unknown
  readonly follows: string | null
}): string {
  return JSON.stringify([
    event.event,
    event.occurred,
    sorted(event.resource),
    sorted(event.related),
    sorted(event.payload),
    event.follows,
  ])
}

export const contentOfRow = (row: LogRow): string =>
  contentOf({
    event: row.name,
    occurred: row.occurred_text,
    resource: JSON.parse(row.resource),
    related: JSON.parse(row.related),
    payload: JSON.parse(row.payload),
    follows: row.follows,
  })

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  )
}
