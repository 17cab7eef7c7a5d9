import type { Instant } from '@upon/engine'
import type { Selectable } from 'kysely'
import type { RunRow, RunTable } from '../run-table.ts'
import type { Database } from './database.ts'
import { runOf } from './run-row.ts'
import { ACTIVE, SCHEDULED } from './run-state.ts'
import type { RunColumns, WorkPoolColumns } from './schema.ts'

/** Waiting runs looked at per statement. */
const CANDIDATES_MAX = 200
/** Rounds of candidates one call looks at in one queue, so that a crowd of blocked runs cannot hold up the writer. */
const ROUNDS_MAX = 50

interface Queue {
  readonly name: string
  /** Slots left; Infinity without a limit. */
  readonly free: number
}

interface Slots {
  /** Slots left in a deployment. */
  of(deploymentId: string): number
  full(): string[]
  load(deploymentIds: readonly string[]): Promise<void>
  take(deploymentId: string): void
}

/** Which waiting runs of a pool may start now; counts the runs it returns as started, so that no limit is passed. */
export function createReady(database: Database): RunTable['ready'] {
  const { db } = database
  return async function ready(poolId, now, limit) {
    const pool = await db.selectFrom('workPools').selectAll().where('id', '=', poolId).executeTakeFirst()
    if (pool === undefined || pool.paused === 1) return []
    const active = await activeByQueue(database, pool)
    const used = [...active.values()].reduce((sum, count) => sum + count, 0)
    let left = Math.min(limit, slotsLeft(pool.concurrencyLimit, used))
    const slots = deploymentSlots(database)
    const found: RunRow[] = []
    for (const queue of await queuesInOrder(database, pool, active)) {
      if (left <= 0) break
      const taken = await fromQueue(database, { pool, queue, now, slots, limit: Math.min(left, queue.free) })
      left -= taken.length
      found.push(...taken)
    }
    return found
  }
}

const slotsLeft = (limit: number | null, used: number): number =>
  limit === null ? Infinity : Math.max(0, limit - used)

async function activeByQueue({ db }: Database, pool: WorkPoolColumns): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('runs')
    .select((eb) => ['queue', eb.fn.countAll<number>().as('count')])
    .where(ACTIVE)
    .where('project', '=', pool.project)
    .where('workPool', '=', pool.name)
    .groupBy('queue')
    .execute()
  return new Map(rows.map(({ queue, count }) => [queue, count]))
}

/** Queues with waiting runs, by priority; one that nobody defined has no limit and comes last. */
async function queuesInOrder(
  database: Database,
  pool: WorkPoolColumns,
  active: ReadonlyMap<string, number>,
): Promise<Queue[]> {
  const rows = await database.db.selectFrom('workQueues').selectAll().where('poolId', '=', pool.id).execute()
  const defined = new Map(rows.map((row) => [row.name, row]))
  const priority = (name: string): number => defined.get(name)?.priority ?? Number.MAX_SAFE_INTEGER
  const waiting = await queuesWaiting(database, pool)
  return waiting
    .filter((name) => defined.get(name)?.paused !== 1)
    .sort((left, right) => priority(left) - priority(right) || (left < right ? -1 : 1))
    .map((name) => ({ name, free: slotsLeft(defined.get(name)?.concurrencyLimit ?? null, active.get(name) ?? 0) }))
}

/** Jumps from one name to the next in the index instead of walking over all waiting runs. */
async function queuesWaiting({ db }: Database, pool: WorkPoolColumns): Promise<string[]> {
  const names: string[] = []
  for (;;) {
    const next = await db
      .selectFrom('runs')
      .select('queue')
      .where(SCHEDULED)
      .where('project', '=', pool.project)
      .where('workPool', '=', pool.name)
      .where('queue', '>', names.at(-1) ?? '')
      .orderBy('queue')
      .limit(1)
      .executeTakeFirst()
    if (next === undefined) return names
    names.push(next.queue)
  }
}

interface QueueSearch {
  readonly pool: WorkPoolColumns
  readonly queue: Queue
  readonly now: Instant
  readonly slots: Slots
  readonly limit: number
}

async function fromQueue(database: Database, search: QueueSearch): Promise<RunRow[]> {
  const { slots, limit } = search
  const found: RunRow[] = []
  let after: Selectable<RunColumns> | undefined
  for (let round = 0; round < ROUNDS_MAX && found.length < limit; round += 1) {
    const candidates = await waitingRuns(database, search, after)
    await slots.load(candidates.map((run) => run.deploymentId))
    for (const run of candidates) {
      if (found.length >= limit || slots.of(run.deploymentId) <= 0) continue
      slots.take(run.deploymentId)
      found.push(runOf(run))
    }
    if (candidates.length < CANDIDATES_MAX) break
    after = candidates.at(-1)
  }
  return found
}

function waitingRuns({ db }: Database, search: QueueSearch, after: Selectable<RunColumns> | undefined) {
  const { pool, queue, now, slots } = search
  let query = db
    .selectFrom('runs')
    .selectAll()
    .where(SCHEDULED)
    .where('project', '=', pool.project)
    .where('workPool', '=', pool.name)
    .where('queue', '=', queue.name)
    .where('scheduledAt', '<=', now)
  const full = slots.full()
  if (full.length > 0) query = query.where('deploymentId', 'not in', full)
  if (after !== undefined) {
    const { scheduledAt, sequence } = after
    query = query.where((eb) => eb(eb.refTuple('scheduledAt', 'sequence'), '>', eb.tuple(scheduledAt, sequence)))
  }
  return query.orderBy('scheduledAt').orderBy('sequence').limit(CANDIDATES_MAX).execute()
}

function deploymentSlots({ db }: Database): Slots {
  const free = new Map<string, number>()

  async function loadOne(id: string): Promise<number> {
    const deployment = await db
      .selectFrom('deployments')
      .select('concurrencyLimit')
      .where('id', '=', id)
      .executeTakeFirst()
    const limit = deployment?.concurrencyLimit ?? null
    if (limit === null) return Infinity
    const active = await db
      .selectFrom('runs')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where(ACTIVE)
      .where('deploymentId', '=', id)
      .executeTakeFirst()
    return slotsLeft(limit, active?.count ?? 0)
  }

  return {
    of: (id) => free.get(id) ?? 0,
    full: () => [...free].filter(([, slots]) => slots <= 0).map(([id]) => id),
    async load(ids) {
      for (const id of new Set(ids)) if (!free.has(id)) free.set(id, await loadOne(id))
    },
    take(id) {
      free.set(id, (free.get(id) ?? 0) - 1)
    },
  }
}
