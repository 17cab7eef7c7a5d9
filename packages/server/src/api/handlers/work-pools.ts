import { notFound } from '../../lib/user-error.ts'
import { workPoolJson, workQueueJson } from '../../present/work-pool-json.ts'
import { unknownName } from '../../store/unknown-name.ts'
import type { WorkPoolRow, WorkQueueRow } from '../../store/work-pool-table.ts'
import type { ApiDeps } from '../deps.ts'
import { pageOfAll } from '../list-page.ts'
import { created, gone, type HandlersOf, ok } from '../route-handler.ts'
import { scopeOf } from '../scope.ts'

type Deps = Pick<ApiDeps, 'store' | 'define'>

export function workPoolHandlers(
  deps: Deps,
): HandlersOf<
  | 'listWorkPools'
  | 'createWorkPool'
  | 'getWorkPool'
  | 'updateWorkPool'
  | 'deleteWorkPool'
  | 'pauseWorkPool'
  | 'resumeWorkPool'
> {
  const { define, store } = deps
  const { workPools } = store.read
  const show = async (row: WorkPoolRow) => workPoolJson(row, await workPools.queues(row.project, row.id))

  return {
    async listWorkPools({ query, project }) {
      const { type } = query
      const rows = (await workPools.list(project.id)).filter((row) => type === undefined || row.type === type)
      const page = pageOfAll(rows, query, ({ name }) => name)
      return ok({ items: await Promise.all(page.items.map(show)), next_cursor: page.next })
    },
    createWorkPool: async ({ body, ...caller }) =>
      created(await show(await define.createWorkPool(scopeOf(caller), body))),
    getWorkPool: async ({ params, project }) => ok(await show(await findWorkPool(deps, project.id, params.pool))),
    updateWorkPool: async ({ params, body, ...caller }) =>
      ok(await show(await define.patchWorkPool(scopeOf(caller), params.pool, body))),
    async deleteWorkPool({ params, ...caller }) {
      await define.removeWorkPool(scopeOf(caller), params.pool)
      return gone
    },
    pauseWorkPool: async ({ params, ...caller }) =>
      ok(await show(await define.patchWorkPool(scopeOf(caller), params.pool, { paused: true }))),
    resumeWorkPool: async ({ params, ...caller }) =>
      ok(await show(await define.patchWorkPool(scopeOf(caller), params.pool, { paused: false }))),
  }
}

export function workQueueHandlers(
  deps: Deps,
): HandlersOf<
  'createWorkQueue' | 'getWorkQueue' | 'updateWorkQueue' | 'deleteWorkQueue' | 'pauseWorkQueue' | 'resumeWorkQueue'
> {
  const { define } = deps
  const show = (row: WorkQueueRow) => ok(workQueueJson(row))
  return {
    createWorkQueue: async ({ params, body, ...caller }) =>
      created(workQueueJson(await define.createWorkQueue(scopeOf(caller), params.pool, body))),
    async getWorkQueue({ params, project }) {
      const pool = await findWorkPool(deps, project.id, params.pool)
      const queue = await deps.store.read.workPools.findQueue(project.id, pool.id, params.queue)
      if (queue === null) throw notFound('work queue', params.queue, `in work pool "${pool.name}"`)
      return show(queue)
    },
    updateWorkQueue: async ({ params, body, ...caller }) =>
      show(await define.patchWorkQueue(scopeOf(caller), params.pool, params.queue, body)),
    async deleteWorkQueue({ params, ...caller }) {
      await define.removeWorkQueue(scopeOf(caller), params.pool, params.queue)
      return gone
    },
    pauseWorkQueue: async ({ params, ...caller }) =>
      show(await define.patchWorkQueue(scopeOf(caller), params.pool, params.queue, { paused: true })),
    resumeWorkQueue: async ({ params, ...caller }) =>
      show(await define.patchWorkQueue(scopeOf(caller), params.pool, params.queue, { paused: false })),
  }
}

export async function findWorkPool(
  { store }: Pick<ApiDeps, 'store'>,
  project: string,
  reference: string,
): Promise<WorkPoolRow> {
  const row = await store.read.workPools.find(project, reference)
  if (row === null) throw await unknownName(store.read, project, 'work pool', reference)
  return row
}
