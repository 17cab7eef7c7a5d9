import type { Problem } from '@upon/engine'
import { DEFAULT_WORK_QUEUE, nearest } from '@upon/sdk'
import { UserError } from '../lib/user-error.ts'
import type { Tables } from '../store/store.ts'
import type { WorkPoolRow } from '../store/work-pool-table.ts'
import type { DefineContext } from './define-context.ts'
import type { DefineService, Scope } from './define-service.ts'
import { auditPool, findPool, newQueue } from './work-queues.ts'

type WorkPools = Pick<DefineService, 'createWorkPool' | 'patchWorkPool' | 'removeWorkPool'>

/** The problem of naming a work pool that does not exist. */
export async function unknownPool(tx: Tables, scope: Scope, name: string, path: string): Promise<Problem> {
  const known = (await tx.workPools.list(scope.project)).map((pool) => pool.name)
  const suggestion = nearest(name, known)
  const message = `there is no work pool "${name}"; create it with "upon work-pool create ${name}"`
  return { path, message, found: name, ...(suggestion === null ? {} : { suggestion }) }
}

/** A new pool of type `process` with its default queue. */
export async function ensureWorkPool(
  tx: Tables,
  context: Pick<DefineContext, 'clock' | 'newId'>,
  scope: Scope,
  name: string,
): Promise<WorkPoolRow> {
  const now = context.clock.now()
  const pool: WorkPoolRow = {
    id: context.newId(),
    project: scope.project,
    name,
    type: 'process',
    description: null,
    paused: false,
    concurrencyLimit: null,
    jobVariables: {},
    created: now,
    updated: now,
  }
  await addPool(tx, context, scope, pool)
  return pool
}

async function addPool(
  tx: Tables,
  context: Pick<DefineContext, 'clock' | 'newId'>,
  scope: Scope,
  pool: WorkPoolRow,
): Promise<void> {
  await tx.workPools.save(pool)
  await tx.workPools.saveQueue(newQueue(context, pool, DEFAULT_WORK_QUEUE, 1))
  await auditPool(tx, context, scope, 'work-pool.created', pool)
}

/** The part of the define service that deals with work pools. */
export function defineWorkPools(context: DefineContext): WorkPools {
  const { clock, newId, commit } = context

  return {
    createWorkPool: (scope, input) =>
      commit(async (tx) => {
        if ((await tx.workPools.find(scope.project, input.name)) !== null) {
          throw new UserError('conflict', `a work pool "${input.name}" exists`)
        }
        const now = clock.now()
        const pool: WorkPoolRow = {
          id: newId(),
          project: scope.project,
          name: input.name,
          type: input.type,
          description: input.description ?? null,
          paused: input.paused ?? false,
          concurrencyLimit: input.concurrency_limit ?? null,
          jobVariables: input.job_variables ?? {},
          created: now,
          updated: now,
        }
        await addPool(tx, context, scope, pool)
        return { result: pool, sequences: [] }
      }),

    patchWorkPool: (scope, reference, change) =>
      commit(async (tx) => {
        const pool = await findPool(tx, scope, reference)
        const next: WorkPoolRow = {
          ...pool,
          description: change.description ?? pool.description,
          paused: change.paused ?? pool.paused,
          concurrencyLimit: change.concurrency_limit === undefined ? pool.concurrencyLimit : change.concurrency_limit,
          jobVariables: change.job_variables ?? pool.jobVariables,
          updated: clock.now(),
        }
        await tx.workPools.save(next)
        await auditPool(tx, context, scope, 'work-pool.updated', next)
        return { result: next, sequences: [], startable: true }
      }),

    removeWorkPool: (scope, reference) =>
      commit(async (tx) => {
        const pool = await findPool(tx, scope, reference)
        const used = await tx.deployments.count({ project: scope.project, workPool: pool.name })
        if (used > 0) {
          const message = `work pool "${pool.name}" still has ${used} deployment${used === 1 ? '' : 's'}; move or delete them first`
          throw new UserError('conflict', message)
        }
        await tx.workPools.remove(scope.project, pool.id)
        await auditPool(tx, context, scope, 'work-pool.removed', pool)
        return { result: undefined, sequences: [] }
      }),
  }
}
