import type { ProcessOutcome } from './process-outcome.ts'
import type { ShimReport } from './shim-report.ts'

/** A shell reports a child killed by signal N as exit code 128 + N. */
const SHELL_SIGNAL_BASE = 128
const SHELL_SIGNALS: Readonly<Record<number, string>> = { 6: 'SIGABRT', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' }

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Why the executor itself ended the process. */
export interface Ending {
  readonly kind: 'cancelled' | 'timed-out'
  readonly graceMs: number
}

export interface EndedProcess {
  readonly label: string
  readonly timeoutSeconds: number | null
  readonly exit: Exit
  readonly ending: Ending | null
  readonly report: ShimReport | null
}

/** Says how the attempt ended: what the executor asked for first, then what the process said, then how it exited. */
export function outcomeOf(ended: EndedProcess): ProcessOutcome {
  const { exit, ending, report } = ended
  if (ending !== null) return { kind: ending.kind, message: endingMessage(ended, ending) }
  if (exit.signal !== null) return { kind: 'crashed', message: signalMessage(exit.signal) }
  if (report?.outcome === 'raised') return raised(report, exit)
  if (exit.code === 0) return { kind: 'completed', result: report?.result ?? null }
  return { kind: 'failed', message: exitMessage(ended), exitCode: exit.code, signal: null }
}

function raised(report: Extract<ShimReport, { outcome: 'raised' }>, exit: Exit): ProcessOutcome {
  const { type, message, traceback } = report
  const failed = { kind: 'failed', message, errorType: type, exitCode: exit.code, signal: null } as const
  return traceback === null ? failed : { ...failed, traceback }
}

function endingMessage({ exit, timeoutSeconds }: EndedProcess, { kind, graceMs }: Ending): string {
  const how = exit.signal === 'SIGKILL' ? `SIGKILL, ${graceMs} ms after SIGTERM` : 'SIGTERM'
  return kind === 'cancelled'
    ? `cancelled: ended by ${how}`
    : `ran longer than its timeout of ${timeoutSeconds} s: ended by ${how}`
}

function signalMessage(signal: NodeJS.Signals): string {
  const hint = signal === 'SIGKILL' ? '; often the machine ran out of memory' : ''
  return `the process was killed by ${signal} from outside Upon${hint}`
}

function exitMessage({ label, exit, report }: EndedProcess): string {
  const signal = SHELL_SIGNALS[(exit.code ?? 0) - SHELL_SIGNAL_BASE]
  const code = signal === undefined ? `exit code ${exit.code}` : `exit code ${exit.code} (128 + ${signal})`
  return `${label} ended with ${code}${report === null ? '' : ' after its function had returned'}`
}
