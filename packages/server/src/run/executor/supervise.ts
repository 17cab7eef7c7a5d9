import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Clock } from '../../lib/clock.ts'
import type { Handover } from './handover.ts'
import type { LogGate } from './log-gate.ts'
import { type Ending, type Exit, outcomeOf } from './outcome.ts'
import { captureOutput } from './output.ts'
import { groupGone, signalGroup } from './process-group.ts'
import type { ProcessOutcome } from './process-outcome.ts'
import type { ProcessSpec } from './process-spec.ts'

/** How long what a main process left behind may still end by itself, as a `tee` behind a pipe does. */
const SETTLE_MS = 500
/** How long to wait for the system to remove killed processes. */
const REMOVAL_MS = 2_000
const MS = 1_000

export type UserProcess = ChildProcessByStdio<null, Readable, Readable>

export interface Supervised {
  readonly child: UserProcess
  readonly group: number
  readonly spec: ProcessSpec
  readonly label: string
  readonly gate: LogGate
  readonly handover: Handover
  readonly clock: Clock
  readonly graceMs: number
}

export interface Supervision {
  readonly ended: Promise<ProcessOutcome>
  cancel(graceMs: number): Promise<void>
}

/** Follows a started process to its end: its output, its timeout, its cancellation and what it leaves behind. */
export function supervise(process: Supervised): Supervision {
  const { child, clock, spec } = process
  const output = captureOutput(child, process.gate, clock)
  const exited = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  const stopper = groupStopper(process.group, clock)
  const stopTimeout =
    spec.timeoutSeconds === null
      ? () => {}
      : clock.at(clock.now() + spec.timeoutSeconds * 1_000_000, () => stopper.stop('timed-out', process.graceMs))

  async function finish(): Promise<ProcessOutcome> {
    const exit = await exited
    stopTimeout()
    const ending = stopper.asked()
    await stopper.clear(process.graceMs)
    await output.finish()
    const report = await process.handover.readReport()
    for (const text of report?.warnings ?? []) process.gate.offer({ stream: 'system', at: clock.now(), text })
    await process.gate.flush()
    await process.handover.remove()
    const { label } = process
    const outcome = outcomeOf({ label, timeoutSeconds: spec.timeoutSeconds, exit, ending, report })
    const logLinesLost = process.gate.lost()
    return logLinesLost === 0 ? outcome : { ...outcome, logLinesLost }
  }

  const ended = finish()
  return {
    ended,
    async cancel(graceMs) {
      if (child.exitCode === null && child.signalCode === null) stopper.stop('cancelled', graceMs)
      else stopper.killAfter(graceMs)
      await ended
    },
  }
}

interface GroupStopper {
  /** SIGTERM now, SIGKILL after `graceMs`. A later call may only bring the SIGKILL forward. */
  stop(kind: Ending['kind'], graceMs: number): void
  /** SIGKILL after `graceMs`, unless one comes sooner or the group is gone. */
  killAfter(graceMs: number): void
  /** What was asked first, or null. */
  asked(): Ending | null
  /** After the main process: resolves once the group is empty, by force if need be. */
  clear(graceMs: number): Promise<void>
}

function groupStopper(group: number, clock: Clock): GroupStopper {
  let ending: Ending | null = null
  let killAt = Number.POSITIVE_INFINITY
  let disarm = () => {}
  let cleared = false

  function killAfter(graceMs: number): void {
    const at = clock.now() + graceMs * MS
    if (cleared || at >= killAt) return
    killAt = at
    disarm()
    disarm = clock.at(at, () => signalGroup(group, 'SIGKILL'))
  }

  function stop(kind: Ending['kind'], graceMs: number): void {
    if (ending === null) signalGroup(group, 'SIGTERM')
    const first = ending ?? { kind, graceMs }
    ending = { kind: first.kind, graceMs: Math.min(first.graceMs, graceMs) }
    killAfter(graceMs)
  }

  async function emptied(graceMs: number): Promise<boolean> {
    if (ending === null) {
      if (await groupGone(group, clock.now() + SETTLE_MS * MS, clock)) return true
      signalGroup(group, 'SIGTERM')
      killAfter(graceMs)
    }
    return groupGone(group, killAt, clock)
  }

  async function clear(graceMs: number): Promise<void> {
    const gone = await emptied(graceMs)
    cleared = true
    disarm()
    if (gone) return
    signalGroup(group, 'SIGKILL')
    await groupGone(group, clock.now() + REMOVAL_MS * MS, clock)
  }

  return { stop, killAfter, asked: () => ending, clear }
}
