import type { Firing, JsonObject } from '@upon/engine'
import { sql as raw } from 'kysely'
import type { ActionRecord, Launch, LaunchFilter, LaunchTable } from '../launch-table.ts'
import type { Database } from './database.ts'
import { decode, encode } from './json-column.ts'
import { pageOf, rowsFor, sortKey } from './page.ts'
import type { ActionColumns, LaunchColumns } from './schema.ts'

export function createLaunchTable(database: Database): LaunchTable {
  return { ...launchLog(database), ...outbox(database) }
}

type FoundLaunch = Omit<LaunchColumns, 'sequence'> & {
  readonly sequence: number
  readonly firing: string
  readonly automationName: string | null
}

/** A launch with its firing and the name its automation had in that version. */
const launchRows = ({ db }: Database) =>
  db
    .selectFrom('launches')
    .innerJoin('firings', 'firings.id', 'launches.id')
    .leftJoin('automationVersions', (join) =>
      join
        .onRef('automationVersions.id', '=', 'launches.automationId')
        .onRef('automationVersions.version', '=', 'launches.version'),
    )
    .selectAll('launches')
    .select(['firings.firing as firing', 'automationVersions.name as automationName'])

async function withActions({ db }: Database, rows: readonly FoundLaunch[]): Promise<Launch[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const actions = await db
    .selectFrom('launchActions')
    .selectAll()
    .where('launchId', 'in', ids)
    .orderBy('launchId')
    .orderBy('actionIndex')
    .execute()
  const byLaunch = new Map<string, ActionRecord[]>(ids.map((id) => [id, []]))
  for (const action of actions) byLaunch.get(action.launchId)?.push(actionRecord(action))
  return rows.map((row) => launch(row, byLaunch.get(row.id) ?? []))
}

function launchLog(database: Database): Pick<LaunchTable, 'get' | 'list' | 'count' | 'countByState'> {
  const { db } = database

  return {
    async get(project, id) {
      const rows = await launchRows(database)
        .where('launches.id', '=', id)
        .where('launches.project', '=', project)
        .execute()
      return (await withActions(database, rows))[0] ?? null
    },
    async list(filter, page) {
      const after = sortKey(page, ['number', 'number'])
      let query = launchRows(database).where((eb) => eb.and(conditions(filter)))
      if (after !== null) {
        const [fired = 0, sequence = 0] = after.map(Number)
        query = query.where((eb) => eb(eb.refTuple('fired', 'sequence'), '<', eb.tuple(fired, sequence)))
      }
      const rows = await query.orderBy('fired', 'desc').orderBy('sequence', 'desc').limit(rowsFor(page)).execute()
      const { items, next } = pageOf(rows, page, { keyOf: (row) => [row.fired, row.sequence], itemOf: (row) => row })
      return { items: await withActions(database, items), next }
    },
    async count(filter) {
      const row = await db
        .selectFrom('launches')
        .where((eb) => eb.and(conditions(filter)))
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirst()
      return row?.count ?? 0
    },
    async countByState() {
      const rows = await db
        .selectFrom('launches')
        .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
        .groupBy('state')
        .execute()
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
    },
  }
}

function conditions(filter: LaunchFilter) {
  const { project, automationId, states, eventId, since, until } = filter
  const all = [raw<boolean>`launches.project = ${project}`]
  if (automationId !== undefined) all.push(raw<boolean>`launches.automation_id = ${automationId}`)
  if (states !== undefined) all.push(raw<boolean>`launches.state IN (${raw.join(states.map(String))})`)
  if (eventId !== undefined) all.push(raw<boolean>`launches.event_id = ${eventId}`)
  if (since !== undefined) all.push(raw<boolean>`launches.fired >= ${since}`)
  if (until !== undefined) all.push(raw<boolean>`launches.fired <= ${until}`)
  return all
}

function outbox(database: Database): Pick<LaunchTable, 'due' | 'nextDue' | 'progress'> {
  const { db } = database

  return {
    async due(now, limit, { launches, automations }) {
      let query = launchRows(database).where('due', '<=', now)
      if (automations.size > 0) query = query.where('launches.automationId', 'not in', [...automations])
      const rows = await query
        .orderBy('due')
        .orderBy('sequence')
        // Rows this process is already on are few, and cheaper to skip here than to name in the statement.
        .limit(limit + launches.size)
        .execute()
      return withActions(database, rows.filter(({ id }) => !launches.has(id)).slice(0, limit))
    },
    async nextDue({ launches, automations }) {
      let query = db.selectFrom('launches').select(['id', 'due']).where('due', 'is not', null)
      if (automations.size > 0) query = query.where('automationId', 'not in', [...automations])
      const rows = await query
        .orderBy('due')
        .limit(launches.size + 1)
        .execute()
      return rows.find(({ id }) => !launches.has(id))?.due ?? null
    },
    async progress(id, { action, state, nextAction, due, ended, warnings }) {
      const before = await db
        .selectFrom('launches')
        .select('warnings')
        .where('id', '=', id)
        .where('ended', 'is', null)
        .where('nextAction', '=', action.index)
        .executeTakeFirst()
      if (before === undefined) return false
      const all = [...decode<string[]>(before.warnings), ...warnings]
      await db
        .updateTable('launches')
        .set({ state, nextAction, due: ended === null ? due : null, ended, warnings: encode(all) })
        .where('id', '=', id)
        .execute()
      await db
        .updateTable('launchActions')
        .set(actionColumns(action))
        .where('launchId', '=', id)
        .where('actionIndex', '=', action.index)
        .execute()
      if (ended !== null) await skipRest(database, id)
      return true
    },
  }
}

/** Actions a launch ended before. */
async function skipRest({ db }: Database, id: string): Promise<void> {
  await db
    .updateTable('launchActions')
    .set({ state: 'skipped' })
    .where('launchId', '=', id)
    .where('state', '=', 'pending')
    .execute()
}

const actionColumns = (action: ActionRecord) => ({
  state: action.state,
  attempts: action.attempts,
  result: action.result === null ? null : encode(action.result),
  error: action.error,
  warnings: encode(action.warnings),
  started: action.started,
  ended: action.ended,
  nextAttempt: action.nextAttempt,
})

const actionRecord = ({ actionIndex, launchId: _launch, project: _project, ...row }: ActionColumns): ActionRecord => ({
  ...row,
  index: actionIndex,
  result: row.result === null ? null : decode<JsonObject>(row.result),
  warnings: decode<string[]>(row.warnings),
})

const launch = (row: FoundLaunch, actions: readonly ActionRecord[]): Launch => ({
  id: row.id,
  project: row.project,
  automationId: row.automationId,
  automationKey: row.automationKey,
  automationName: row.automationName ?? row.automationKey,
  version: row.version,
  firing: decode<Firing>(row.firing),
  state: row.state,
  reason: row.reasonCode === null ? null : { code: row.reasonCode, detail: row.reasonDetail ?? '' },
  warnings: decode<string[]>(row.warnings),
  actions,
  nextAction: row.nextAction,
  ended: row.ended,
})
