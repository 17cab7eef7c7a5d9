import type { RunTable } from '../run-table.ts'
import type { Database } from './database.ts'
import { runOf } from './run-row.ts'
import { ACTIVE, SCHEDULED } from './run-state.ts'

/** Due runs that nothing but their deployment's concurrency limit holds up, and that nobody was told of. */
export function createBlocked({ db }: Database): RunTable['blocked'] {
  const newest = (poolId: string, now: number, limit: number) =>
    db
      .selectFrom('runs')
      .innerJoin('workPools', (join) =>
        join.onRef('workPools.project', '=', 'runs.project').onRef('workPools.name', '=', 'runs.workPool'),
      )
      .selectAll('runs')
      .where(SCHEDULED)
      .where('workPools.id', '=', poolId)
      .where('runs.stateName', '!=', 'AwaitingConcurrencySlot')
      .where('runs.scheduledAt', '<=', now)
      .orderBy('runs.scheduledAt', 'desc')
      .limit(limit)

  return async function blocked(poolId, now, limit) {
    const due = await newest(poolId, now, limit).execute()
    const limits = new Map<string, { limit: number; cancelNew: boolean } | null>()
    for (const { deploymentId } of due) {
      if (!limits.has(deploymentId)) limits.set(deploymentId, await fullDeployment(deploymentId))
    }
    return due.flatMap((row) => {
      const full = limits.get(row.deploymentId) ?? null
      return full === null ? [] : [{ run: runOf(row), ...full }]
    })
  }

  async function fullDeployment(id: string): Promise<{ limit: number; cancelNew: boolean } | null> {
    const deployment = await db
      .selectFrom('deployments')
      .select(['concurrencyLimit', 'collisionStrategy'])
      .where('id', '=', id)
      .executeTakeFirst()
    const limit = deployment?.concurrencyLimit ?? null
    if (deployment === undefined || limit === null) return null
    const active = await db
      .selectFrom('runs')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where(ACTIVE)
      .where('deploymentId', '=', id)
      .executeTakeFirst()
    return (active?.count ?? 0) < limit ? null : { limit, cancelNew: deployment.collisionStrategy === 'CANCEL_NEW' }
  }
}
