import type { AutomationVersion, CountingWindow, WindowState } from '@upon/engine'
import type {
  AutomationDefinition,
  AutomationFilter,
  AutomationRow,
  AutomationTable,
  AutomationVersionRow,
} from '../automation-table.ts'
import type { Database } from './database.ts'
import { decode, encode, flag } from './json-column.ts'
import { numberKey, pageOf, rowsFor } from './page.ts'
import { refersTo } from './reference.ts'
import type { AutomationColumns } from './schema.ts'

export function createAutomationTable(database: Database): AutomationTable {
  return { ...lists(database), ...saved(database), ...progress(database) }
}

function lists({ db, sql }: Database): Pick<AutomationTable, 'find' | 'list' | 'all' | 'count'> {
  function matching(filter: AutomationFilter) {
    let query = db.selectFrom('automations').where('project', '=', filter.project)
    const { keys, nameContains, tag, enabled, owner } = filter
    if (keys !== undefined) query = query.where('key', 'in', [...keys])
    if (nameContains !== undefined) query = query.where(sql.containsText(['name'], nameContains))
    if (tag !== undefined) query = query.where(sql.hasText('tags', tag))
    if (enabled !== undefined) query = query.where('enabled', '=', flag(enabled))
    if (owner !== undefined) query = query.where('owner', '=', owner)
    return query
  }

  return {
    async find(project, reference) {
      const rows = await db
        .selectFrom('automations')
        .selectAll()
        .where(refersTo(project, reference, ['id', 'key', 'name']))
        .execute()
      const named = rows.length === 1 ? rows[0] : undefined
      const row = rows.find(({ id }) => id === reference) ?? rows.find(({ key }) => key === reference) ?? named
      return row === undefined ? null : automation(row)
    },
    async list(filter, page) {
      const after = numberKey(page)
      let query = matching(filter).selectAll()
      if (after !== null) query = query.where('sortOrder', '>', after)
      const rows = await query.orderBy('sortOrder').limit(rowsFor(page)).execute()
      return pageOf(rows, page, { keyOf: ({ sortOrder }) => [sortOrder], itemOf: automation })
    },
    async all(filter) {
      const rows = await matching(filter).selectAll().orderBy('sortOrder').execute()
      return rows.map(automation)
    },
    async count(filter) {
      const row = await matching(filter)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirst()
      return row?.count ?? 0
    },
  }
}

type SavedMethods = Pick<AutomationTable, 'nextOrder' | 'save' | 'remove' | 'version' | 'versions'>

function saved({ db }: Database): SavedMethods {
  return {
    /** Over all versions, so that the place of a removed automation is never taken again. */
    async nextOrder() {
      const row = await db
        .selectFrom('automationVersions')
        .select((eb) => eb.fn.max('sortOrder').as('last'))
        .executeTakeFirst()
      return (row?.last ?? 0) + 1
    },
    async save(row, actor) {
      const columns = automationColumns(row)
      const { id, ...changed } = columns
      await db
        .insertInto('automations')
        .values(columns)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
        .execute()
      await db
        .insertInto('automationVersions')
        .values({ ...columns, actor })
        .execute()
    },
    async remove(project, id) {
      await db.deleteFrom('automations').where('project', '=', project).where('id', '=', id).execute()
    },
    async version(project, id, version) {
      const row = await db
        .selectFrom('automationVersions')
        .selectAll()
        .where('id', '=', id)
        .where('version', '=', version)
        .where('project', '=', project)
        .executeTakeFirst()
      return row === undefined ? null : automationVersion(row)
    },
    async versions(project, id, page) {
      const before = numberKey(page)
      let query = db.selectFrom('automationVersions').selectAll().where('id', '=', id).where('project', '=', project)
      if (before !== null) query = query.where('version', '<', before)
      const rows = await query.orderBy('version', 'desc').limit(rowsFor(page)).execute()
      return pageOf(rows, page, { keyOf: ({ version }) => [version], itemOf: automationVersion })
    },
  }
}

function progress({ db }: Database): Pick<AutomationTable, 'windows'> {
  return {
    async windows(project, triggers) {
      if (triggers.length === 0) return []
      const rows = await db
        .selectFrom('windows')
        .select(['project', 'trigger', 'key', 'state'])
        .where('trigger', 'in', [...triggers])
        .where('project', '=', project)
        .orderBy('trigger')
        .orderBy('key')
        .execute()
      return rows.map((row) => ({ ...row, state: decode<WindowState>(row.state) })).filter(isCounting)
    },
  }
}

const isCounting = <Row extends { readonly state: WindowState }>(row: Row): row is Row & { state: CountingWindow } =>
  row.state.kind === 'counting'

/** Column by column, since a version row passed as a row has more in it. */
const automationColumns = (row: AutomationRow): AutomationColumns => ({
  id: row.id,
  project: row.project,
  key: row.key,
  version: row.version,
  sortOrder: row.order,
  owner: row.owner,
  enabled: flag(row.enabled),
  name: row.name,
  description: row.description,
  tags: encode(row.tags),
  definition: encode(row.definition),
  engine: encode(row.engine),
  created: row.created,
  updated: row.updated,
})

function automation({ sortOrder, ...row }: AutomationColumns): AutomationRow {
  return {
    ...row,
    order: sortOrder,
    enabled: row.enabled === 1,
    tags: decode<string[]>(row.tags),
    definition: decode<AutomationDefinition>(row.definition),
    engine: decode<AutomationVersion>(row.engine),
  }
}

const automationVersion = ({ actor, ...row }: AutomationColumns & { actor: string }): AutomationVersionRow => ({
  ...automation(row),
  actor,
})
