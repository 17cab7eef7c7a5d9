import type { RunState, RunStateType } from '../store/run-table.ts'

/**
 * What a run may become. A process starts only after its RUNNING was accepted, so a PENDING attempt may be taken away
 * from its worker without ever having run; from RUNNING on, only the worker, or its loss, ends the attempt.
 */
const MAY_BECOME: Readonly<Record<RunStateType, readonly RunStateType[]>> = {
  SCHEDULED: ['SCHEDULED', 'PENDING', 'CANCELLED', 'CRASHED'],
  PENDING: ['RUNNING', 'SCHEDULED', 'FAILED', 'CRASHED', 'CANCELLED'],
  // SCHEDULED: a failed attempt that will be tried again (spec: wire 3.4, rule 8).
  RUNNING: ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED', 'CANCELLING', 'SCHEDULED'],
  // Nothing but CANCELLED (spec: wire 3.4, rule 3).
  CANCELLING: ['CANCELLED'],
  COMPLETED: ['SCHEDULED'],
  FAILED: ['SCHEDULED'],
  CANCELLED: ['SCHEDULED'],
  CRASHED: ['SCHEDULED'],
}

const ENDED: ReadonlySet<RunStateType> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED'])
const HELD: ReadonlySet<RunStateType> = new Set(['PENDING', 'RUNNING', 'CANCELLING'])

/** Whether the run stays as it is unless somebody retries it. */
export const isEnded = (type: RunStateType): boolean => ENDED.has(type)

/** Whether a worker has it and it takes a slot of its limits. */
export const isHeld = (type: RunStateType): boolean => HELD.has(type)

/** A mistake of ours: no rule leads from one of these states to the other. */
export function assertMayBecome(from: RunState, to: RunStateType): void {
  if (!MAY_BECOME[from.type].includes(to)) throw new Error(`a run in ${from.type} (${from.name}) cannot become ${to}`)
}

/** The usual name of a state, such as `Completed`. */
export const defaultName = (type: RunStateType): string => type.charAt(0) + type.slice(1).toLowerCase()
