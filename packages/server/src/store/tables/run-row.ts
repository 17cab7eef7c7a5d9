import type { JsonObject } from '@upon/engine'
import type { Insertable, Selectable } from 'kysely'
import type { RunError, RunRow, RunState } from '../run-table.ts'
import { decode, encode } from './json-column.ts'
import type { RunColumns, RunStateColumns } from './schema.ts'

/** Where a run waits when its deployment names no work queue. */
export const DEFAULT_QUEUE = 'default'

export function runColumns({ state, ...row }: RunRow): Insertable<RunColumns> {
  return {
    ...row,
    stateId: state.id,
    stateType: state.type,
    stateName: state.name,
    stateMessage: state.message,
    stateAt: state.at,
    stateAttempt: state.attempt,
    parameters: encode(row.parameters),
    jobVariables: encode(row.jobVariables),
    tags: encode(row.tags),
    queue: row.workQueue ?? DEFAULT_QUEUE,
    result: encode(row.result),
    error: encode(row.error),
  }
}

export function runOf(found: Selectable<RunColumns>): RunRow {
  const { sequence: _s, queue: _q, stateId, stateType, stateName, stateMessage, stateAt, stateAttempt, ...row } = found
  return {
    ...row,
    state: {
      id: stateId,
      type: stateType,
      name: stateName,
      message: stateMessage,
      at: stateAt,
      attempt: stateAttempt,
    },
    parameters: decode<JsonObject>(row.parameters),
    jobVariables: decode<JsonObject>(row.jobVariables),
    tags: decode<string[]>(row.tags),
    result: decode(row.result),
    error: decode<RunError | null>(row.error),
  }
}

/** The current state of a run, as a row of its history. */
export const stateColumns = ({ id, project, state }: RunRow): Insertable<RunStateColumns> => ({
  runId: id,
  id: state.id,
  project,
  type: state.type,
  name: state.name,
  message: state.message,
  at: state.at,
  attempt: state.attempt,
})

export const stateOf = ({ id, type, name, message, at, attempt }: Selectable<RunStateColumns>): RunState => ({
  id,
  type,
  name,
  message,
  at,
  attempt,
})
