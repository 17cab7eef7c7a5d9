import { workerJson } from '../../present/work-pool-json.ts'
import { isOnline } from '../../run/worker-registry.ts'
import type { WorkerRow } from '../../store/work-pool-table.ts'
import type { ApiDeps } from '../deps.ts'
import { instantInput } from '../instant-input.ts'
import { pageOfAll } from '../list-page.ts'
import { created, gone, type HandlersOf, ok } from '../route-handler.ts'

type Deps = Pick<ApiDeps, 'store' | 'runs' | 'clock'>

/** Workers as people see them. */
export function workerListHandlers(deps: Deps): HandlersOf<'listWorkers'> {
  const { store, clock } = deps
  return {
    async listWorkers({ query, project }) {
      const { pool, status } = query
      const rows = await store.read.workPools.workers({ project: project.id })
      const wanted = rows.filter((row) => {
        const online = isOnline(row, clock.now()) ? 'online' : 'offline'
        return (pool === undefined || pool === row.poolName) && (status === undefined || status === online)
      })
      const page = pageOfAll(wanted, query, latestFirst)
      return ok({ items: await Promise.all(page.items.map((row) => show(deps, row))), next_cursor: page.next })
    },
  }
}

/** Sorts by text: the later the heartbeat, the smaller. */
const latestFirst = (row: WorkerRow): string => `${String(1e16 - row.lastHeartbeat).padStart(17, '0')} ${row.id}`

async function show({ store, clock }: Deps, row: WorkerRow) {
  const online = isOnline(row, clock.now())
  return workerJson(row, { online, running: online ? (await store.read.runs.heldBy(row.id)).length : 0 })
}

/** What workers say and ask. */
export function workerHandlers(
  deps: Deps,
): HandlersOf<'registerWorker' | 'heartbeat' | 'claimRuns' | 'reportRunState' | 'reportRunLogs' | 'stopWorker'> {
  const { runs } = deps
  return {
    async registerWorker({ params, body, project }) {
      const registration = { ...body, embedded: false }
      const row = await runs.registerWorker(project.id, params.pool, registration)
      return created(await show(deps, row))
    },
    async heartbeat({ params, body, project }) {
      const running = body.running.map(({ run_id: runId, attempt }) => ({ runId, attempt }))
      const { cancel, lost } = await runs.heartbeat({ project: project.id, id: params.worker }, running)
      return ok({ cancel: [...cancel], lost: [...lost] })
    },
    async claimRuns({ params, body, project, signal }) {
      const worker = { project: project.id, id: params.worker }
      const claimed = await runs.claim([worker], { limit: body.limit, waitSeconds: body.wait_seconds, signal })
      return ok({ runs: claimed.map(({ run }) => run) })
    },
    async reportRunState({ params, body, project }) {
      await runs.reportState({ project: project.id, id: params.worker }, params.run, body)
      return gone
    },
    async reportRunLogs({ params, body, project }) {
      const lines = body.lines.map(({ stream, at, text }) => ({
        attempt: body.attempt,
        stream,
        at: instantInput('lines.at', at, 'the body') ?? deps.clock.now(),
        text,
      }))
      await runs.appendLogs({ project: project.id, id: params.worker }, params.run, lines)
      return gone
    },
    async stopWorker({ params, project }) {
      await runs.stopWorker({ project: project.id, id: params.worker })
      return gone
    },
  }
}
