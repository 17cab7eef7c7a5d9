import type { JsonObject } from '@upon/engine'
import { sql as raw, type SqlBool } from 'kysely'
import type { DeploymentFilter, DeploymentRow, DeploymentTable, FlowRow } from '../deployment-table.ts'
import type { Database } from './database.ts'
import { someOf } from './event-conditions.ts'
import { decode, encode, flag } from './json-column.ts'
import { pageOf, rowsFor, sortKey, textKey } from './page.ts'
import { refersTo } from './reference.ts'
import type { DeploymentColumns, FlowColumns } from './schema.ts'

export function createDeploymentTable(database: Database): DeploymentTable {
  return { ...flows(database), ...deployments(database) }
}

function flows({ db }: Database): Pick<DeploymentTable, 'findFlow' | 'listFlows' | 'saveFlow' | 'removeFlow'> {
  return {
    async findFlow(project, reference) {
      const rows = await db
        .selectFrom('flows')
        .selectAll()
        .where(refersTo(project, reference, ['id', 'name']))
        .execute()
      const row = rows.find(({ id }) => id === reference) ?? rows[0]
      return row === undefined ? null : flow(row)
    },
    async listFlows(project, page) {
      const after = textKey(page)
      let query = db.selectFrom('flows').selectAll().where('project', '=', project)
      if (after !== null) query = query.where('name', '>', after)
      const rows = await query.orderBy('name').limit(rowsFor(page)).execute()
      return pageOf(rows, page, { keyOf: ({ name }) => [name], itemOf: flow })
    },
    async saveFlow(row) {
      const { id, ...changed } = { ...row, tags: encode(row.tags) }
      await db
        .insertInto('flows')
        .values({ id, ...changed })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
        .execute()
    },
    async removeFlow(project, id) {
      await db.deleteFrom('flows').where('project', '=', project).where('id', '=', id).execute()
    },
  }
}

type DeploymentMethods = Pick<DeploymentTable, 'find' | 'list' | 'count' | 'save' | 'remove'>

function deployments({ db, sql }: Database): DeploymentMethods {
  function matching(filter: DeploymentFilter) {
    let query = db.selectFrom('deployments').where('project', '=', filter.project)
    const { flow, name, tag, workPool, workQueue, paused } = filter
    if (flow !== undefined) query = query.where((eb) => eb.or([eb('flowName', '=', flow), eb('flowId', '=', flow)]))
    if (name !== undefined) query = query.where('name', '=', name)
    if (tag !== undefined) query = query.where(sql.hasText('tags', tag))
    if (workPool !== undefined) query = query.where('workPool', '=', workPool)
    if (workQueue !== undefined) query = query.where('workQueue', '=', workQueue)
    if (paused !== undefined) query = query.where('paused', '=', flag(paused))
    return query
  }

  return {
    async find(project, reference) {
      const byName = splits(reference).map(
        ([flow, name]) => raw<SqlBool>`(project = ${project} AND flow_name = ${flow} AND name = ${name})`,
      )
      const rows = await db
        .selectFrom('deployments')
        .selectAll()
        .where(someOf([refersTo(project, reference, ['id', 'key']), ...byName]))
        .execute()
      const row = rows.find(({ id }) => id === reference) ?? rows.find(({ key }) => key === reference) ?? rows[0]
      return row === undefined ? null : deployment(row)
    },
    async list(filter, page) {
      const after = sortKey(page, ['string', 'string'])
      let query = matching(filter).selectAll()
      if (after !== null) {
        const [flow = '', name = ''] = after.map(String)
        query = query.where((eb) => eb(eb.refTuple('flowName', 'name'), '>', eb.tuple(flow, name)))
      }
      const rows = await query.orderBy('flowName').orderBy('name').limit(rowsFor(page)).execute()
      return pageOf(rows, page, { keyOf: ({ flowName, name }) => [flowName, name], itemOf: deployment })
    },
    async count(filter) {
      const row = await matching(filter)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirst()
      return row?.count ?? 0
    },
    async save(row) {
      const { id, ...changed } = deploymentColumns(row)
      await db
        .insertInto('deployments')
        .values({ id, ...changed })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
        .execute()
    },
    async remove(project, id) {
      await db.deleteFrom('deployments').where('project', '=', project).where('id', '=', id).execute()
    },
  }
}

/** Both names of `flow/name` may hold a slash, so every place to split is one candidate. */
const splits = (reference: string): [string, string][] =>
  [...reference.matchAll(/\//g)].map(({ index }) => [reference.slice(0, index), reference.slice(index + 1)])

const flow = (row: FlowColumns): FlowRow => ({ ...row, tags: decode<string[]>(row.tags) })

const deploymentColumns = (row: DeploymentRow): DeploymentColumns => ({
  ...row,
  tags: encode(row.tags),
  command: encode(row.command),
  parameters: encode(row.parameters),
  parameterSchema: encode(row.parameterSchema),
  enforceParameterSchema: flag(row.enforceParameterSchema),
  jobVariables: encode(row.jobVariables),
  paused: flag(row.paused),
  schedules: encode(row.schedules),
})

const deployment = (row: DeploymentColumns): DeploymentRow => ({
  ...row,
  tags: decode<string[]>(row.tags),
  command: decode<DeploymentRow['command']>(row.command),
  parameters: decode<JsonObject>(row.parameters),
  parameterSchema: decode<JsonObject | null>(row.parameterSchema),
  enforceParameterSchema: row.enforceParameterSchema === 1,
  jobVariables: decode<JsonObject>(row.jobVariables),
  paused: row.paused === 1,
  schedules: decode<JsonObject[]>(row.schedules),
})
