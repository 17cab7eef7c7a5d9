import { derivedId } from '../lib/ids.ts'
import type { RunRow, RunStateType } from '../store/run-table.ts'
import type { Tables } from '../store/store.ts'
import { flowRunEvent } from './flow-run-event.ts'
import { assertMayBecome, defaultName, isEnded } from './run-state.ts'
import { surroundingsOf } from './run-surroundings.ts'

export interface StateChange {
  readonly type: RunStateType
  /** @default the usual name of the type */
  readonly name?: string | undefined
  readonly message?: string | null | undefined
  readonly at: number
  /** What was asked for, where a rule made something else of it. */
  readonly intended?: RunStateType
  /** Members of the run that change with the state. */
  readonly set?: Partial<Omit<RunRow, 'id' | 'project' | 'state'>>
}

/** Someone else moved the run on between reading and writing it; nothing was written. */
export class RunMovedError extends Error {
  override readonly name = 'RunMovedError'
}

/** Puts a run into another state and raises the event that says so. */
export async function changeState(tx: Tables, run: RunRow, change: StateChange): Promise<RunRow> {
  assertMayBecome(run.state, change.type)
  const next = inState(run, change)
  if (!(await tx.runs.update(next, run.state.id))) throw new RunMovedError(`run ${run.id} is in another state by now`)
  const surroundings = await surroundingsOf(tx, next)
  await tx.raised.add([flowRunEvent({ run: next, previous: run.state, intended: change.intended, surroundings })])
  return next
}

function inState(run: RunRow, { type, name = defaultName(type), message = null, at, set }: StateChange): RunRow {
  const attempt = set?.attempt ?? run.attempt
  return {
    ...run,
    ...set,
    state: { id: derivedId('run-state', run.state.id, type, name), type, name, message, at, attempt },
    started: type === 'RUNNING' ? (run.started ?? at) : run.started,
    ended: isEnded(type) ? at : null,
  }
}
