import { DAY, HOUR, type Instant, MINUTE } from '@upon/engine'
import { sql as raw } from 'kysely'
import type { EventFilter, EventGrouping, EventTable } from '../event-table.ts'
import type { Database } from './database.ts'
import { eventConditions, isIndexed } from './event-conditions.ts'
import { type LogEventRow, loggedEvent } from './log-row.ts'
import { createObservations } from './observations.ts'
import { cursorOf, numberKey, pageOf, rowsFor } from './page.ts'

/** Groups one count returns. */
export const EVENT_GROUPS_MAX = 1_000
/** Positions one statement looks at for a condition without an index. */
const SCAN_POSITIONS_MAX = 100_000
/** Statements one page may take before it is given out short, with a cursor that goes on. */
const SCANS_MAX = 20

const COLUMNS = [
  'position',
  'received',
  'eventId',
  'source',
  'name',
  'occurred',
  'occurredText',
  'follows',
  'depth',
  'rootId',
  'rootReceived',
  'traceparent',
  'resource',
  'related',
  'payload',
] as const

export function createEventTable(database: Database): EventTable {
  return { ...single(database), ...lists(database), ...groups(database), ...createObservations(database) }
}

function single({ db }: Database): Pick<EventTable, 'get' | 'at'> {
  const events = () => db.selectFrom('log').select(COLUMNS).where('kind', '=', 'event').$narrowType<LogEventRow>()
  return {
    async get(project, id) {
      const row = await events()
        .where('project', '=', project)
        .where('eventId', '=', id)
        .orderBy('position')
        .executeTakeFirst()
      return row === undefined ? null : loggedEvent(row)
    },
    async at(position) {
      const row = await events().where('position', '=', position).executeTakeFirst()
      return row === undefined ? null : loggedEvent(row)
    },
  }
}

function lists(database: Database): Pick<EventTable, 'list' | 'count'> {
  const { db } = database

  async function bounds(filter: EventFilter): Promise<Range> {
    // One by one, since only a lone minimum or maximum is looked up instead of searched for.
    const lowest = await db.selectFrom('log').select('position').orderBy('position').limit(1).executeTakeFirst()
    const highest = await db
      .selectFrom('log')
      .select('position')
      .orderBy('position', 'desc')
      .limit(1)
      .executeTakeFirst()
    return {
      low: Math.max(lowest?.position ?? 1, (filter.afterPosition ?? 0) + 1),
      high: highest?.position ?? 0,
    }
  }

  function inRange(filter: EventFilter, range: Range, limit: number): Promise<LogEventRow[]> {
    return db
      .selectFrom('log')
      .select(COLUMNS)
      .where((eb) => eb.and(eventConditions(database, filter)))
      .where('position', '>=', range.low)
      .where('position', '<=', range.high)
      .orderBy('position', filter.order === 'oldest' ? 'asc' : 'desc')
      .limit(limit)
      .$narrowType<LogEventRow>()
      .execute()
  }

  return {
    async list(filter, page) {
      let left = continued(await bounds(filter), filter, numberKey(page))
      const found: LogEventRow[] = []
      for (let scan = 0; scan < SCANS_MAX && found.length < rowsFor(page) && left.low <= left.high; scan += 1) {
        const [range, rest] = isIndexed(filter) ? [left, NOTHING] : split(left, filter)
        found.push(...(await inRange(filter, range, rowsFor(page) - found.length)))
        left = rest
      }
      const listed = pageOf(found, page, { keyOf: ({ position }) => [position], itemOf: loggedEvent })
      if (listed.next !== null || left.low > left.high) return listed
      return { ...listed, next: cursorOf([filter.order === 'oldest' ? left.low - 1 : left.high + 1]) }
    },
    async count(filter) {
      const row = await db
        .selectFrom('log')
        .where((eb) => eb.and(eventConditions(database, filter)))
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirst()
      return row?.count ?? 0
    },
  }
}

/** Positions, both inclusive; empty when `low` is above `high`. */
interface Range {
  readonly low: number
  readonly high: number
}

const NOTHING: Range = { low: 1, high: 0 }

/** What is left to look at behind the cursor. */
function continued({ low, high }: Range, filter: EventFilter, key: number | null): Range {
  if (key === null) return { low, high }
  return filter.order === 'oldest' ? { low: Math.max(low, key + 1), high } : { low, high: Math.min(high, key - 1) }
}

/** The part one statement looks at, and the rest. */
function split({ low, high }: Range, filter: EventFilter): [Range, Range] {
  if (high - low < SCAN_POSITIONS_MAX) return [{ low, high }, NOTHING]
  if (filter.order === 'oldest') {
    const edge = low + SCAN_POSITIONS_MAX
    return [
      { low, high: edge - 1 },
      { low: edge, high },
    ]
  }
  const edge = high - SCAN_POSITIONS_MAX
  return [
    { low: edge + 1, high },
    { low, high: edge },
  ]
}

const BUCKET_SIZE: Readonly<Partial<Record<EventGrouping, Instant>>> = { day: DAY, hour: HOUR, minute: MINUTE }

function groups(database: Database): Pick<EventTable, 'countBy'> {
  const { db, sql } = database

  async function byText(filter: EventFilter, column: 'name' | 'resourceId') {
    const rows = await db
      .selectFrom('log')
      .where((eb) => eb.and(eventConditions(database, filter)))
      .select((eb) => [eb.ref(column).as('label'), eb.fn.countAll<number>().as('count')])
      .groupBy(column)
      .orderBy('count', 'desc')
      .orderBy(column)
      .limit(EVENT_GROUPS_MAX)
      .execute()
    return rows.map(({ label, count }) => ({ label: label ?? '', count }))
  }

  /** The latest groups where there are too many, in time order. */
  async function byTime(filter: EventFilter, size: Instant) {
    const bucket = sql.bucket('occurred', size)
    const rows = await db
      .selectFrom('log')
      .where((eb) => eb.and(eventConditions(database, filter)))
      .select((eb) => [bucket.as('bucket'), eb.fn.countAll<number>().as('count')])
      .groupBy(raw`bucket`)
      .orderBy('bucket', 'desc')
      .limit(EVENT_GROUPS_MAX)
      .execute()
    return rows.reverse().map(({ bucket, count }) => ({ label: isoStart(bucket * size), count }))
  }

  return {
    countBy(filter, by) {
      const size = BUCKET_SIZE[by]
      if (size !== undefined) return byTime(filter, size)
      return byText(filter, by === 'event' ? 'name' : 'resourceId')
    },
  }
}

const isoStart = (instant: Instant): string => new Date(instant / 1_000).toISOString()
