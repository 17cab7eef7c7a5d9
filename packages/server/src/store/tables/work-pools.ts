import type { JsonObject } from '@upon/engine'
import type { WorkerRow, WorkPoolRow, WorkPoolTable, WorkQueueRow } from '../work-pool-table.ts'
import type { Database } from './database.ts'
import { decode, encode, flag } from './json-column.ts'
import { refersTo } from './reference.ts'
import type { WorkerColumns, WorkPoolColumns, WorkQueueColumns } from './schema.ts'

export function createWorkPoolTable(database: Database): WorkPoolTable {
  return { ...pools(database), ...queues(database), ...workers(database) }
}

type PoolMethods = Pick<WorkPoolTable, 'find' | 'list' | 'ofType' | 'save' | 'remove'>

function pools({ db }: Database): PoolMethods {
  return {
    async find(project, reference) {
      const rows = await db
        .selectFrom('workPools')
        .selectAll()
        .where(refersTo(project, reference, ['id', 'name']))
        .execute()
      const row = rows.find(({ id }) => id === reference) ?? rows[0]
      return row === undefined ? null : pool(row)
    },
    async list(project) {
      const rows = await db.selectFrom('workPools').selectAll().where('project', '=', project).orderBy('name').execute()
      return rows.map(pool)
    },
    async ofType(type) {
      const rows = await db.selectFrom('workPools').selectAll().where('type', '=', type).orderBy('id').execute()
      return rows.map(pool)
    },
    async save(row) {
      const { id, ...changed } = { ...row, paused: flag(row.paused), jobVariables: encode(row.jobVariables) }
      await db
        .insertInto('workPools')
        .values({ id, ...changed })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
        .execute()
    },
    async remove(project, id) {
      await db.deleteFrom('workQueues').where('project', '=', project).where('poolId', '=', id).execute()
      await db.deleteFrom('workPools').where('project', '=', project).where('id', '=', id).execute()
    },
  }
}

function queues({ db }: Database): Pick<WorkPoolTable, 'queues' | 'findQueue' | 'saveQueue' | 'removeQueue'> {
  const ofPool = (project: string, poolId: string) =>
    db.selectFrom('workQueues').selectAll().where('project', '=', project).where('poolId', '=', poolId)
  return {
    async queues(project, poolId) {
      const rows = await ofPool(project, poolId).orderBy('priority').orderBy('name').execute()
      return rows.map(queue)
    },
    async findQueue(project, poolId, reference) {
      const rows = await ofPool(project, poolId)
        .where((eb) => eb.or([eb('id', '=', reference), eb('name', '=', reference)]))
        .execute()
      const row = rows.find(({ id }) => id === reference) ?? rows[0]
      return row === undefined ? null : queue(row)
    },
    async saveQueue(row) {
      const { id, ...changed } = { ...row, paused: flag(row.paused) }
      await db
        .insertInto('workQueues')
        .values({ id, ...changed })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
        .execute()
    },
    async removeQueue(project, id) {
      await db.deleteFrom('workQueues').where('project', '=', project).where('id', '=', id).execute()
    },
  }
}

function workers({ db }: Database): Pick<WorkPoolTable, 'worker' | 'workers' | 'saveWorker'> {
  return {
    async worker(id) {
      const row = await db.selectFrom('workers').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? null : worker(row)
    },
    async workers({ project, poolId, aliveSince }) {
      let query = db.selectFrom('workers').selectAll()
      if (project !== undefined) query = query.where('project', '=', project)
      if (poolId !== undefined) query = query.where('poolId', '=', poolId)
      if (aliveSince !== undefined) {
        query = query.where('lastHeartbeat', '>=', aliveSince).where('stopped', 'is', null).where('lost', 'is', null)
      }
      const rows = await query.orderBy('started').orderBy('id').execute()
      return rows.map(worker)
    },
    async saveWorker(row) {
      const { id, ...changed } = { ...row, embedded: flag(row.embedded) }
      await db
        .insertInto('workers')
        .values({ id, ...changed })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changed))
        .execute()
    },
  }
}

const pool = (row: WorkPoolColumns): WorkPoolRow => ({
  ...row,
  paused: row.paused === 1,
  jobVariables: decode<JsonObject>(row.jobVariables),
})

const queue = (row: WorkQueueColumns): WorkQueueRow => ({ ...row, paused: row.paused === 1 })

const worker = (row: WorkerColumns): WorkerRow => ({ ...row, embedded: row.embedded === 1 })
