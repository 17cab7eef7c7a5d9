import type { RunFilter, RunRow, RunTable } from '../run-table.ts'
import { createBlocked } from './blocked-runs.ts'
import type { Database } from './database.ts'
import { numberKey, pageOf, rowsFor } from './page.ts'
import { createReady } from './ready-runs.ts'
import { createRunLogs } from './run-logs.ts'
import { runColumns, runOf, stateColumns, stateOf } from './run-row.ts'
import { ACTIVE, SCHEDULED } from './run-state.ts'

export function createRunTable(database: Database): RunTable {
  return {
    ...runLists(database),
    ...runWrites(database),
    ...runHolds(database),
    ...createRunLogs(database),
    ready: createReady(database),
    blocked: createBlocked(database),
  }
}

function runLists({ db, sql }: Database): Pick<RunTable, 'find' | 'get' | 'list' | 'count' | 'countByState'> {
  const runs = () => db.selectFrom('runs')

  function matching(filter: RunFilter) {
    let query = runs().where('project', '=', filter.project)
    const { states, stateNames, deploymentId, flow, automationId, launchId, eventId, since, until } = filter
    if (states !== undefined || stateNames !== undefined) {
      query = query.where((eb) =>
        eb.or([eb('stateType', 'in', [...(states ?? [])]), eb('stateName', 'in', [...(stateNames ?? [])])]),
      )
    }
    if (filter.workPool !== undefined) query = query.where('workPool', '=', filter.workPool)
    for (const tag of filter.tags ?? []) query = query.where(sql.hasText('tags', tag))
    if (deploymentId !== undefined) query = query.where('deploymentId', '=', deploymentId)
    if (flow !== undefined) query = query.where((eb) => eb.or([eb('flowName', '=', flow), eb('flowId', '=', flow)]))
    if (automationId !== undefined) query = query.where('automationId', '=', automationId)
    if (launchId !== undefined) query = query.where('launchId', '=', launchId)
    if (eventId !== undefined) query = query.where('eventId', '=', eventId)
    if (since !== undefined) query = query.where('created', '>=', since)
    if (until !== undefined) query = query.where('created', '<=', until)
    return query
  }

  return {
    async find(project, reference) {
      const byId = await runs()
        .selectAll()
        .where('id', '=', reference)
        .where('project', '=', project)
        .executeTakeFirst()
      const row = byId ?? (await newestNamed(project, reference))
      return row === undefined ? null : runOf(row)
    },
    async get(id) {
      const row = await runs().selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? null : runOf(row)
    },
    async list(filter, page) {
      const before = numberKey(page)
      let query = matching(filter).selectAll()
      if (before !== null) query = query.where('sequence', '<', before)
      const rows = await query.orderBy('sequence', 'desc').limit(rowsFor(page)).execute()
      return pageOf(rows, page, { keyOf: ({ sequence }) => [sequence], itemOf: runOf })
    },
    async count(filter) {
      const row = await matching(filter)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirst()
      return row?.count ?? 0
    },
    async countByState(filter) {
      const rows = await (filter === undefined ? runs() : matching(filter))
        .select((eb) => ['stateType', eb.fn.countAll<number>().as('count')])
        .groupBy('stateType')
        .execute()
      return Object.fromEntries(rows.map(({ stateType, count }) => [stateType, count]))
    },
  }

  /** Names are drawn at random and may come again after a long time. */
  function newestNamed(project: string, name: string) {
    return runs()
      .selectAll()
      .where('name', '=', name)
      .where('project', '=', project)
      .orderBy('sequence', 'desc')
      .executeTakeFirst()
  }
}

function runWrites({ db }: Database): Pick<RunTable, 'add' | 'update' | 'states' | 'remove'> {
  async function taken(row: RunRow): Promise<RunRow | null> {
    const found = await db
      .selectFrom('runs')
      .selectAll()
      .where((eb) =>
        eb.or([
          eb.and([eb('launchId', '=', row.launchId), eb('actionIndex', '=', row.actionIndex)]),
          eb.and([eb('idempotencyKey', '=', row.idempotencyKey), eb('deploymentId', '=', row.deploymentId)]),
        ]),
      )
      .executeTakeFirst()
    return found === undefined ? null : runOf(found)
  }

  const addState = (row: RunRow) => db.insertInto('runStates').values(stateColumns(row)).execute()

  return {
    async add(row) {
      const existing = row.launchId === null && row.idempotencyKey === null ? null : await taken(row)
      if (existing !== null) return { run: existing, created: false }
      await db.insertInto('runs').values(runColumns(row)).execute()
      await addState(row)
      return { run: row, created: true }
    },
    async update(row, fromStateId) {
      const { id, ...changed } = runColumns(row)
      const { numUpdatedRows } = await db
        .updateTable('runs')
        .set(changed)
        .where('id', '=', id)
        .where('stateId', '=', fromStateId)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) return false
      if (row.state.id !== fromStateId) await addState(row)
      return true
    },
    async states(project, runId) {
      const rows = await db
        .selectFrom('runStates')
        .selectAll()
        .where('runId', '=', runId)
        .where('project', '=', project)
        .orderBy('sequence')
        .execute()
      return rows.map(stateOf)
    },
    async remove(project, id) {
      const { numDeletedRows } = await db
        .deleteFrom('runs')
        .where('id', '=', id)
        .where('project', '=', project)
        .executeTakeFirst()
      if (numDeletedRows === 0n) return
      await db.deleteFrom('runStates').where('runId', '=', id).execute()
      await db.deleteFrom('runLogs').where('runId', '=', id).execute()
    },
  }
}

function runHolds({ db }: Database): Pick<RunTable, 'nextScheduled' | 'heldBy' | 'activeOf'> {
  return {
    async nextScheduled(now) {
      const row = await db
        .selectFrom('runs')
        .select((eb) => eb.fn.min('scheduledAt').as('at'))
        .where(SCHEDULED)
        .where('scheduledAt', '>', now)
        .executeTakeFirst()
      return row?.at ?? null
    },
    async heldBy(workerId) {
      const rows = await db
        .selectFrom('runs')
        .selectAll()
        .where(ACTIVE)
        .where('workerId', '=', workerId)
        .orderBy('sequence')
        .execute()
      return rows.map(runOf)
    },
    async activeOf(deploymentId) {
      const row = await db
        .selectFrom('runs')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where(ACTIVE)
        .where('deploymentId', '=', deploymentId)
        .executeTakeFirst()
      return row?.count ?? 0
    },
  }
}
