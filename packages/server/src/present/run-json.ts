import type { LogLine, Run, RunStateEntry, RunState as RunStateJson } from '@upon/sdk'
import { instantText, instantTextOrNull } from '../lib/instant-text.ts'
import type { RunRow, RunState } from '../store/run-table.ts'
import { deploymentRef } from './deployment-json.ts'

const MICROS_PER_MILLI = 1_000

export interface RunView {
  /** For the duration of what still runs. */
  readonly now: number
  /** Name of the worker of its latest attempt. */
  readonly worker: string | null
}

/** A run as the API shows it. */
export function runJson(row: RunRow, { now, worker }: RunView): Run {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    flow: { id: row.flowId, name: row.flowName },
    deployment: deploymentRef(row.deploymentId, row.flowName, row.deploymentName),
    state: stateJson(row.state),
    parameters: row.parameters,
    job_variables: row.jobVariables,
    tags: [...row.tags],
    scheduled_at: instantText(row.scheduledAt),
    created: instantText(row.created),
    started: instantTextOrNull(row.started),
    ended: instantTextOrNull(row.ended),
    duration_ms: row.started === null ? null : Math.max(0, (row.ended ?? now) - row.started) / MICROS_PER_MILLI,
    attempt: row.attempt,
    launch_id: row.launchId,
    automation: row.automationId === null ? null : { id: row.automationId, key: row.automationKey ?? row.automationId },
    event_id: row.eventId,
    created_by: row.createdBy,
    work_pool: row.workPool,
    work_queue: row.workQueue,
    worker,
    result: row.result,
    error: row.error === null ? null : { ...row.error },
    depth: row.depth,
    root_id: row.rootId,
    traceparent: row.traceparent,
  }
}

export function stateEntryJson(state: RunState): RunStateEntry {
  return { ...stateJson(state), id: state.id, attempt: state.attempt }
}

function stateJson(state: RunState): RunStateJson {
  return { type: state.type, name: state.name, message: state.message, timestamp: instantText(state.at) }
}

export function logLineJson(line: StoredLogLine): LogLine {
  return {
    position: line.position,
    attempt: line.attempt,
    stream: line.stream,
    at: instantText(line.at),
    text: line.text,
  }
}

export interface StoredLogLine {
  readonly position: number
  readonly attempt: number
  readonly stream: LogLine['stream']
  readonly at: number
  readonly text: string
}
