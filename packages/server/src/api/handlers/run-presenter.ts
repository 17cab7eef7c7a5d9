import type { Run } from '@upon/sdk'
import { LRUCache } from 'lru-cache'
import { runJson } from '../../present/run-json.ts'
import type { RunRow } from '../../store/run-table.ts'
import type { ApiDeps } from '../deps.ts'

/** Names of workers kept in memory; a worker never changes its name. */
const WORKER_NAMES_CACHED_MAX = 1_000

/** Shows runs with the names of their workers. */
export interface RunPresenter {
  show(row: RunRow): Promise<Run>
}

export function createRunPresenter({ store, clock }: Pick<ApiDeps, 'store' | 'clock'>): RunPresenter {
  const names = new LRUCache<string, string>({ max: WORKER_NAMES_CACHED_MAX })

  async function workerName(id: string | null): Promise<string | null> {
    if (id === null) return null
    const known = names.get(id)
    if (known !== undefined) return known
    const worker = await store.read.workPools.worker(id)
    if (worker !== null) names.set(id, worker.name)
    return worker?.name ?? null
  }

  return {
    show: async (row) => runJson(row, { now: clock.now(), worker: await workerName(row.workerId) }),
  }
}
