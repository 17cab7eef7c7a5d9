import type { Worker, WorkPool, WorkQueue } from '@upon/sdk'
import { instantText } from '../lib/instant-text.ts'
import type { WorkerRow, WorkPoolRow, WorkQueueRow } from '../store/work-pool-table.ts'

/** A work pool as the API shows it, with its queues. */
export function workPoolJson(row: WorkPoolRow, queues: readonly WorkQueueRow[]): WorkPool {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    description: row.description ?? '',
    paused: row.paused,
    concurrency_limit: row.concurrencyLimit,
    job_variables: row.jobVariables,
    queues: queues.map(workQueueJson),
    created: instantText(row.created),
  }
}

export function workQueueJson(row: WorkQueueRow): WorkQueue {
  return {
    id: row.id,
    name: row.name,
    priority: row.priority,
    concurrency_limit: row.concurrencyLimit,
    paused: row.paused,
  }
}

export function workerJson(row: WorkerRow, view: { readonly online: boolean; readonly running: number }): Worker {
  return {
    id: row.id,
    name: row.name,
    pool: row.poolName,
    status: view.online ? 'online' : 'offline',
    last_heartbeat: instantText(row.lastHeartbeat),
    started: instantText(row.started),
    host: row.host,
    pid: row.pid,
    version: row.version,
    running: view.running,
  }
}
