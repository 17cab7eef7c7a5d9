import { DEFAULT_WORK_QUEUE } from '@upon/sdk'
import { notFound, UserError } from '../lib/user-error.ts'
import type { Tables } from '../store/store.ts'
import { unknownName } from '../store/unknown-name.ts'
import type { WorkPoolRow, WorkQueueRow } from '../store/work-pool-table.ts'
import type { DefineContext } from './define-context.ts'
import type { DefineService, Scope } from './define-service.ts'

type WorkQueues = Pick<DefineService, 'createWorkQueue' | 'patchWorkQueue' | 'removeWorkQueue'>
type Means = Pick<DefineContext, 'clock' | 'newId'>

export function newQueue({ clock, newId }: Means, pool: WorkPoolRow, name: string, priority: number): WorkQueueRow {
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

/** Makes sure that what is deployed to a queue can be paused and limited there; null when the queue existed. */
export async function ensureQueue(
  tx: Tables,
  context: Means,
  scope: Scope,
  { workPool, workQueue }: { readonly workPool: string | null; readonly workQueue: string | null },
): Promise<WorkQueueRow | null> {
  if (workPool === null || workQueue === null) return null
  const pool = await findPool(tx, scope, workPool)
  const queues = await tx.workPools.queues(scope.project, pool.id)
  if (queues.some((queue) => queue.name === workQueue)) return null
  return addQueue(tx, context, scope, newQueue(context, pool, workQueue, lastPriority(queues) + 1))
}

async function addQueue(tx: Tables, context: Means, scope: Scope, queue: WorkQueueRow): Promise<WorkQueueRow> {
  await tx.workPools.saveQueue(queue)
  await auditPool(tx, context, scope, 'work-queue.created', queue)
  return queue
}

const lastPriority = (queues: readonly WorkQueueRow[]): number => Math.max(0, ...queues.map((queue) => queue.priority))

export async function auditPool(
  tx: Tables,
  { clock }: Pick<DefineContext, 'clock'>,
  scope: Scope,
  action: string,
  target: { id: string; name: string },
): Promise<void> {
  const { project, actor } = scope
  await tx.audit.add({ at: clock.now(), project, actor, action, target: target.id, detail: { name: target.name } })
}

/** The part of the define service that deals with the queues of work pools. */
export function defineWorkQueues(context: DefineContext): WorkQueues {
  const { commit } = context
  return {
    createWorkQueue: (scope, poolReference, input) =>
      commit(async (tx) => {
        const pool = await findPool(tx, scope, poolReference)
        const queues = await tx.workPools.queues(scope.project, pool.id)
        if (queues.some((queue) => queue.name === input.name)) {
          throw new UserError('conflict', `work pool "${pool.name}" has a queue "${input.name}"`)
        }
        const queue = await addQueue(tx, context, scope, {
          ...newQueue(context, pool, input.name, input.priority ?? lastPriority(queues) + 1),
          concurrencyLimit: input.concurrency_limit ?? null,
          paused: input.paused ?? false,
        })
        return { result: queue, sequences: [] }
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
        await auditPool(tx, context, scope, 'work-queue.updated', next)
        return { result: next, sequences: [], startable: true }
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
        const used = await tx.deployments.count({
          project: scope.project,
          workPool: queue.poolName,
          workQueue: queue.name,
        })
        if (used > 0) {
          const message = `work queue "${queue.name}" still has ${used} deployment${used === 1 ? '' : 's'}; move or delete them first`
          throw new UserError('conflict', message)
        }
        await tx.workPools.removeQueue(scope.project, queue.id)
        await auditPool(tx, context, scope, 'work-queue.removed', queue)
        return { result: undefined, sequences: [] }
      }),
  }
}

export async function findPool(tx: Tables, scope: Scope, reference: string): Promise<WorkPoolRow> {
  const pool = await tx.workPools.find(scope.project, reference)
  if (pool === null) throw await unknownName(tx, scope.project, 'work pool', reference)
  return pool
}

async function findQueue(tx: Tables, scope: Scope, poolReference: string, reference: string): Promise<WorkQueueRow> {
  const pool = await findPool(tx, scope, poolReference)
  const queue = await tx.workPools.findQueue(scope.project, pool.id, reference)
  if (queue === null) throw notFound('work queue', reference, `work pool "${pool.name}" does not have it`)
  return queue
}
