import { ApiError, CLAIM_WAIT_SECONDS_MAX, type Client, LOG_LINE_CHARS_MAX, routes } from '@upon/sdk'
import { instantText } from '../lib/instant-text.ts'
import type { ClaimedRun } from './claim-runs.ts'
import type { AttemptReport } from './report-state.ts'
import { RefusedError, type WorkerSource } from './worker-source.ts'

/** How much longer than its wait a claim may take, in milliseconds. */
const CLAIM_ANSWER_MS = 15_000
/** Answers that ask for patience rather than say no. */
const TRY_AGAIN = new Set([408, 425, 429])

/** A server reached over HTTP. The `project` of pools and workers is a key or id. */
export function httpWorkerSource(client: Client): WorkerSource {
  return {
    async register({ project, pool }, { name, host, pid, version }) {
      const input = { params: { pool }, body: { name, host, pid, version } }
      const { id } = await refusals(client.call(routes.registerWorker, input, { project }))
      return { project, id }
    },
    heartbeat({ project, id }, held) {
      const running = held.map(({ runId, attempt }) => ({ run_id: runId, attempt }))
      return refusals(client.call(routes.heartbeat, { params: { worker: id }, body: { running } }, { project }))
    },
    async claim(workers, { limit, waitSeconds, signal }) {
      const claimed: ClaimedRun[] = []
      for (const worker of workers) {
        const left = limit - claimed.length
        if (left <= 0 || signal.aborted) break
        // One request waits for one pool; with several, each waits its share.
        const wait = claimed.length > 0 ? 0 : Math.min(waitSeconds / workers.length, CLAIM_WAIT_SECONDS_MAX)
        const body = { limit: left, wait_seconds: wait }
        const options = { project: worker.project, signal, timeoutMs: wait * 1_000 + CLAIM_ANSWER_MS }
        const call = client.call(routes.claimRuns, { params: { worker: worker.id }, body }, options)
        // A claim that was ended early may have taken runs; the server gives them back when it hears nothing of them.
        const { runs } = await refusals(call).catch((error: unknown) => {
          if (signal.aborted) return { runs: [] }
          throw error
        })
        claimed.push(...runs.map((run) => ({ worker, run })))
      }
      return claimed
    },
    async reportState({ project, id }, runId, report) {
      const input = { params: { worker: id, run: runId }, body: reportBody(report) }
      await refusals(client.call(routes.reportRunState, input, { project }))
    },
    async appendLogs({ project, id }, runId, lines) {
      const [first] = lines
      if (first === undefined) return
      const body = {
        attempt: first.attempt,
        lines: lines.map(({ stream, at, text }) => ({
          stream,
          at: instantText(at),
          text: text.slice(0, LOG_LINE_CHARS_MAX),
        })),
      }
      await refusals(client.call(routes.reportRunLogs, { params: { worker: id, run: runId }, body }, { project }))
    },
    async stop({ project, id }) {
      await refusals(client.call(routes.stopWorker, { params: { worker: id } }, { project }))
    },
  }
}

function reportBody({ attempt, type, name, message, result, error }: AttemptReport) {
  return {
    attempt,
    type,
    ...(name !== undefined && { name }),
    ...(message !== undefined && { message }),
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
  }
}

function refusals<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    const refused = error instanceof ApiError && error.status < 500 && !TRY_AGAIN.has(error.status)
    throw refused ? new RefusedError(error.message, { cause: error }) : error
  })
}
