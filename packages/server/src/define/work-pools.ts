import type { Problem } from '@upon/engine'
import { DEFAULT_WORK_QUEUE, nearest } from '@upon/sdk'
import { notFound, UserError } from '../lib/user-error.ts'
import type { Tables } from '../store/store.ts'
import type { WorkPoolRow, WorkQueueRow } from '../store/work-pool-table.ts'
import type { DefineContext } from './define-context.ts'
import type { DefineService, Scope } from './define-service.ts'

type WorkPools = Pick<
  DefineService,
  'createWorkPool' | 'patchWorkPool' | 'removeWorkPool' | 'createWorkQueue' | 'patchWorkQueue' | 'removeWorkQueue'
>

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
  await audit(tx, context, scope, 'work-pool.created', pool)
}

function newQueue(
  { clock, newId }: Pick<DefineContext, 'clock' | 'newId'>,
  pool: WorkPoolRow,
  name: string,
  priority: number,
): WorkQueueRow {
  return {
    id: newId(),
    project: pool.project,
    poolId: pool.id,
    poolName: pool.name,
    name,
    priority,
    concurrencyLimit: null,
    paused: false,
    created: clock.now(),
  }
}

async function audit(
  tx: Tables,
  { clock }: Pick<DefineContext, 'clock'>,
  scope: Scope,
  action: string,
  target: { id: string; name: string },
): Promise<void> {
  const { project, actor } = scope
  await tx.audit.add({ at: clock.now(), project, actor, action, target: target.id, detail: { name: target.name } })
}

/** The part of the define service that deals with work pools and their queues. */
export function defineWorkPools(context: DefineContext): WorkPools {
  const { clock, newId, commit } = context
  const done = <T>(result: T) => ({ result, sequences: [] })

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
        return done(pool)
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
        await audit(tx, context, scope, 'work-pool.updated', next)
        return done(next)
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
        await audit(tx, context, scope, 'work-pool.removed', pool)
        return done(undefined)
      }),

    createWorkQueue: (scope, poolReference, input) =>
      commit(async (tx) => {
        const pool = await findPool(tx, scope, poolReference)
        const queues = await tx.workPools.queues(scope.project, pool.id)
        if (queues.some((queue) => queue.name === input.name)) {
          throw new UserError('conflict', `work pool "${pool.name}" has a queue "${input.name}"`)
        }
        const last = Math.max(0, ...queues.map((queue) => queue.priority))
        const queue: WorkQueueRow = {
          ...newQueue(context, pool, input.name, input.priority ?? last + 1),
          concurrencyLimit: input.concurrency_limit ?? null,
          paused: input.paused ?? false,
        }
        await tx.workPools.saveQueue(queue)
        await audit(tx, context, scope, 'work-queue.created', queue)
        return done(queue)
      }),

    patchWorkQueue: (scope, poolReference, reference, change) =>
      commit(async (tx) => {
        const queue = await findQueue(tx, scope, poolReference, reference)
        const next: WorkQueueRow = {
          ...queue,
          priority: change.priority ?? queue.priority,
          paused: change.paused ?? queue.paused,
          concurrencyLimit: change.concurrency_limit === undefined ? queue.concurrencyLimit : change.concurrency_limit,
        }
        await tx.workPools.saveQueue(next)
        await audit(tx, context, scope, 'work-queue.updated', next)
        return done(next)
      }),

    removeWorkQueue: (scope, poolReference, reference) =>
      commit(async (tx) => {
        const queue = await findQueue(tx, scope, poolReference, reference)
        if (queue.name === DEFAULT_WORK_QUEUE) {
          throw new UserError(
            'conflict',
            `the queue "${DEFAULT_WORK_QUEUE}" stays as long as its work pool; pause it instead`,
          )
        }
        await tx.workPools.removeQueue(scope.project, queue.id)
        await audit(tx, context, scope, 'work-queue.removed', queue)
        return done(undefined)
      }),
  }
}

async function findPool(tx: Tables, scope: Scope, reference: string): Promise<WorkPoolRow> {
  const pool = await tx.workPools.find(scope.project, reference)
  if (pool === null) throw notFound('work pool', reference)
  return pool
}

async function findQueue(tx: Tables, scope: Scope, poolReference: string, reference: string): Promise<WorkQueueRow> {
  const pool = await findPool(tx, scope, poolReference)
  const queue = await tx.workPools.findQueue(scope.project, pool.id, reference)
  if (queue === null) throw notFound('work queue', reference, `work pool "${pool.name}" does not have it`)
  return queue
}
