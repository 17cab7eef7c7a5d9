import { UserError } from '../lib/user-error.ts'
import type { RunService } from './run-service.ts'
import { RefusedError, type WorkerSource } from './worker-source.ts'

/** The server this worker is part of. */
export function localWorkerSource(runs: RunService): WorkerSource {
  return {
    async register({ project, pool }, registration) {
      const { id } = await refusals(runs.registerWorker(project, pool, registration))
      return { project, id }
    },
    heartbeat: (worker, running) => refusals(runs.heartbeat(worker, running)),
    claim: (workers, wait) => refusals(runs.claim(workers, wait)),
    reportState: (worker, runId, report) => refusals(runs.reportState(worker, runId, report)),
    appendLogs: (worker, runId, lines) => refusals(runs.appendLogs(worker, runId, lines)),
    stop: (worker, reason) => refusals(runs.stopWorker(worker, reason)),
    onCancel: (listener) => runs.onCancel(() => listener()),
  }
}

function refusals<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw error instanceof UserError ? new RefusedError(error.message, { cause: error }) : error
  })
}
