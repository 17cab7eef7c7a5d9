import { openDatabase, type SqliteDatabase } from 'upon/dist/store/sqlite/driver.js'
import { type ExpectedFiring, replay } from '../oracle/replay.ts'
import { compare, type Difference } from './differences.ts'
import { checkMarkers, type Marker } from './markers.ts'
import { contentOfRow, readEntries, readLog } from './read-log.ts'

export interface Evidence {
  readonly databaseFile: string
  /** Events the client sent and saw acknowledged: id to content. */
  readonly acknowledged: ReadonlyMap<string, string>
  /** All the client made, also where it does not know what became of them. */
  readonly sent: ReadonlySet<string>
  readonly markers: readonly Marker[]
}

export interface CheckReport {
  readonly entries: number
  readonly firings: number
  readonly runs: number
  /** Attempts that were recorded as running when their server was killed, and whose process never began. */
  readonly neverBegan: number
  readonly differences: readonly Difference[]
}

/** Compares a stopped server's data with a replay of its log, with what the client knows, and with what its processes wrote. */
export function checkStore(evidence: Evidence): CheckReport {
  const db = openDatabase(evidence.databaseFile, { readOnly: true })
  try {
    const expected = replay(readEntries(db))
    const found = readFirings(db)
    const markers = checkMarkers(db, evidence.markers)
    return {
      entries: count(db, 'SELECT count(*) AS n FROM log'),
      firings: found.length,
      runs: count(db, 'SELECT count(*) AS n FROM runs'),
      neverBegan: markers.neverBegan,
      differences: [
        ...checkEvents(db, evidence),
        compare('firing', naturalKeys(expected), naturalKeys(found)),
        ...checkLaunches(db, found),
        compare('run', expectedRuns(db, expected), foundRuns(db, found)),
        ...checkRaised(db, found),
        ...markers.differences,
      ],
    }
  } finally {
    db.close()
  }
}

const count = (db: SqliteDatabase, sql: string): number => db.prepare<{ n: number }>(sql).get()?.n ?? 0

interface FoundFiring extends ExpectedFiring {
  readonly id: string
}

function readFirings(db: SqliteDatabase): readonly FoundFiring[] {
  const rows = db.prepare<{ id: string; firing: string }>('SELECT id, firing FROM firings').all()
  return rows.map(({ id, firing }) => {
    const { automationId, version, event, key, refused } = JSON.parse(firing)
    const values: readonly string[] = key === '' ? [] : JSON.parse(key)
    return { id, automationId, version, eventPosition: event.position, key: values, refused: refused !== null }
  })
}

const naturalKey = ({ automationId, version, eventPosition, key, refused }: ExpectedFiring): string => {
  const of = key.length === 0 ? '' : ` for ${JSON.stringify(key)}`
  return `automation ${automationId} version ${version} by the event at ${eventPosition}${of}${refused ? ', refused' : ''}`
}

/** With a running number where one event fires a trigger twice. */
function naturalKeys(firings: readonly ExpectedFiring[]): readonly string[] {
  const seen = new Map<string, number>()
  return firings.map((firing) => {
    const key = naturalKey(firing)
    const time = (seen.get(key) ?? 0) + 1
    seen.set(key, time)
    return time === 1 ? key : `${key} again`
  })
}

function checkEvents(db: SqliteDatabase, { acknowledged, sent }: Evidence): readonly Difference[] {
  const kept: string[] = []
  const changed: string[] = []
  const unknown: string[] = []
  for (const row of readLog(db)) {
    if (row.kind !== 'event' || row.source !== 'api') continue
    const content = acknowledged.get(row.event_id)
    if (content !== undefined) kept.push(row.event_id)
    if (content !== undefined && content !== contentOfRow(row)) changed.push(row.event_id)
    if (!sent.has(row.event_id)) unknown.push(row.event_id)
  }
  return [
    compare('acknowledged event', acknowledged.keys(), kept),
    compare('event nobody sent', [], unknown),
    compare('event with changed content', [], changed),
  ]
}

/** Every firing is one launch, and no launch is left undone. */
function checkLaunches(db: SqliteDatabase, firings: readonly FoundFiring[]): readonly Difference[] {
  const rows = db
    .prepare<{ id: string; state: string; due: number | null }>('SELECT id, state, due FROM launches')
    .all()
  const open = rows.filter(({ state, due }) => due !== null || !['succeeded', 'refused'].includes(state))
  return [
    compare(
      'launch',
      firings.map(({ id }) => id),
      rows.map(({ id }) => id),
    ),
    compare(
      'launch that did not succeed',
      [],
      open.map(({ id, state }) => `${id} (${state})`),
    ),
  ]
}

interface ActionsRow {
  readonly id: string
  readonly version: number
  readonly definition: string
}

/** Each action `run-deployment` of a launch that may run makes one run. */
function expectedRuns(db: SqliteDatabase, firings: readonly ExpectedFiring[]): readonly string[] {
  const rows = db.prepare<ActionsRow>('SELECT id, version, definition FROM automation_versions').all()
  const starting = new Map(rows.map(({ id, version, definition }) => [`${id} ${version}`, startingActions(definition)]))
  return firings
    .filter(({ refused }) => !refused)
    .flatMap((firing) =>
      (starting.get(`${firing.automationId} ${firing.version}`) ?? []).map((action) => runKey(firing, action)),
    )
}

function startingActions(definition: string): readonly number[] {
  const { actions }: { actions: readonly { type: string }[] } = JSON.parse(definition)
  return actions.flatMap(({ type }, index) => (type === 'run-deployment' ? [index] : []))
}

function foundRuns(db: SqliteDatabase, firings: readonly FoundFiring[]): readonly string[] {
  const byId = new Map(firings.map((firing) => [firing.id, firing]))
  const rows = db
    .prepare<{ id: string; launch_id: string | null; action_index: number | null }>(
      'SELECT id, launch_id, action_index FROM runs',
    )
    .all()
  return rows.map(({ id, launch_id, action_index }) => {
    const firing = byId.get(launch_id ?? '')
    return firing === undefined ? `run ${id} of no firing` : runKey(firing, action_index ?? -1)
  })
}

const runKey = (firing: ExpectedFiring, action: number): string => `${naturalKey(firing)} action ${action}`

/** What firings, actions and runs tell of themselves is in the log once each. */
function checkRaised(db: SqliteDatabase, firings: readonly FoundFiring[]): readonly Difference[] {
  const told: string[] = []
  const executed: string[] = []
  const states: string[] = []
  for (const row of readLog(db)) {
    if (row.kind !== 'event' || row.source !== 'upon') continue
    if (row.name === 'prefect.automation.triggered') told.push(String(JSON.parse(row.payload).launch_id))
    else if (row.name === 'prefect.automation.action.executed') executed.push(row.event_id)
    else if (row.name.startsWith('prefect.flow-run.')) states.push(row.event_id)
  }
  const launched = firings.filter(({ refused }) => !refused).map(({ id }) => id)
  const stored = db.prepare<{ id: string }>('SELECT id FROM run_states').all()
  const actions = count(db, "SELECT count(*) AS n FROM launch_actions WHERE state = 'succeeded'")
  return [
    compare('event about a firing', launched, told),
    compare(
      'event about a run',
      stored.map(({ id }) => id),
      states,
    ),
    compare('event about an action', numbered(actions), numbered(executed.length)),
  ]
}

const numbered = (amount: number): readonly string[] =>
  Array.from({ length: amount }, (_, index) => `number ${index + 1}`)
