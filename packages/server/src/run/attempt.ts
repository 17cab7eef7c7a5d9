import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { ClaimedRun } from './claim-runs.ts'
import { type Delivery, deliver } from './deliver.ts'
import type { Executor, RunningProcess } from './executor/executor.ts'
import type { ProcessOutcome } from './executor/process-outcome.ts'
import type { ProcessSpec } from './executor/process-spec.ts'
import { WORKER_PID_VARIABLE } from './leftover-processes.ts'
import { createLogSender } from './log-sender.ts'
import type { AttemptReport } from './report-state.ts'
import { childTraceparent } from './traceparent.ts'
import type { WorkerSource } from './worker-source.ts'

export interface AttemptOptions {
  readonly claimed: ClaimedRun
  readonly source: WorkerSource
  readonly executor: Executor
  readonly clock: Clock
  readonly log: Log
  /** Of the process this worker is. */
  readonly pid: number
  /** Where a deployment that recorded no directory starts. */
  readonly directory: string
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number
  /** Ends what is still being said to a server that does not answer. */
  readonly givenUp: AbortSignal
}

/** One attempt in a worker's hands. */
export interface Attempt {
  readonly claimed: ClaimedRun
  /** Ends the process because somebody cancelled the run. */
  cancel(): void
  /** Ends the process because this worker stops. */
  stop(): void
  /** Ends the process at once and says nothing more: the attempt is not this worker's any more. */
  lose(): void
  /** Resolves when the process is gone and its end was reported, refused or given up. Never rejects. */
  readonly ended: Promise<void>
}

type Asked = 'cancel' | 'stop' | 'lose'

/** Starts what was claimed, once the server has agreed to it, and sees it through to its report. */
export function beginAttempt(options: AttemptOptions): Attempt {
  const { claimed, log, graceMs } = options
  const { run_id: run } = claimed.run
  let asked: Asked | null = null
  let process: RunningProcess | null = null

  function ask(what: Asked): void {
    if (asked === 'lose' || asked === what) return
    asked = what
    void process?.cancel(what === 'lose' ? 0 : graceMs)
  }

  async function see(): Promise<void> {
    if ((await report(options, { attempt: claimed.run.attempt, type: 'RUNNING' })) !== 'delivered') return
    const outcome = await execute()
    if (asked === 'lose') return
    await report(options, reportOf(claimed.run.attempt, outcome, asked))
  }

  async function execute(): Promise<ProcessOutcome> {
    if (asked !== null) return { kind: 'cancelled', message: 'ended before its process was started' }
    process = await options.executor.start(specOf(options), { log: logSink(options, () => ask('lose')) })
    if (asked !== null) void process.cancel(asked === 'lose' ? 0 : graceMs)
    return process.ended
  }

  const ended = see().catch((error: unknown) => log.error({ err: error, run }, 'an attempt was left without a report'))
  return { claimed, cancel: () => ask('cancel'), stop: () => ask('stop'), lose: () => ask('lose'), ended }
}

function report(options: AttemptOptions, said: AttemptReport) {
  const { claimed, source } = options
  const what = `${said.type} of attempt ${said.attempt} of run ${claimed.run.name}`
  return deliver(() => source.reportState(claimed.worker, claimed.run.run_id, said), delivery(options, what))
}

function logSink(options: AttemptOptions, lost: () => void) {
  const { claimed, source, clock } = options
  const what = `log lines of run ${claimed.run.name}`
  return createLogSender({
    attempt: claimed.run.attempt,
    clock,
    async send(lines) {
      const append = () => source.appendLogs(claimed.worker, claimed.run.run_id, lines)
      if ((await deliver(append, delivery(options, what))) === 'refused') lost()
    },
  })
}

const delivery = ({ clock, log, givenUp }: AttemptOptions, what: string): Delivery => ({
  clock,
  log,
  what,
  signal: givenUp,
})

function specOf({ claimed, directory, pid }: AttemptOptions): ProcessSpec {
  const { run } = claimed
  return {
    runId: run.run_id,
    attempt: run.attempt,
    entrypoint: run.entrypoint,
    command: run.command,
    directory: run.directory ?? directory,
    commit: run.commit,
    parameters: run.parameters,
    env: { ...run.env, [WORKER_PID_VARIABLE]: String(pid) },
    timeoutSeconds: run.timeout_seconds,
    traceparent: childTraceparent(run.traceparent),
    deployment: `${run.flow}/${run.deployment}`,
  }
}

/** What the server is told of how it ended; a process that was ended for the worker's sake has crashed. */
function reportOf(attempt: number, outcome: ProcessOutcome, asked: Asked | null): AttemptReport {
  switch (outcome.kind) {
    case 'completed':
      return { attempt, type: 'COMPLETED', result: outcome.result }
    case 'failed': {
      const { message, errorType: type = null, traceback = null } = outcome
      return {
        attempt,
        type: 'FAILED',
        message: type === null ? message : `${type}: ${message}`,
        error: { message, type, traceback },
      }
    }
    case 'timed-out':
      return { attempt, type: 'FAILED', name: 'TimedOut', message: outcome.message, error: plain(outcome.message) }
    case 'crashed':
      return { attempt, type: 'CRASHED', message: outcome.message, error: plain(outcome.message) }
    case 'cancelled': {
      if (asked !== 'stop') return { attempt, type: 'CANCELLED', message: outcome.message }
      const message = `the worker was stopped while the run was executing (${outcome.message})`
      return { attempt, type: 'CRASHED', message, error: plain(message) }
    }
  }
}

const plain = (message: string) => ({ message, type: null, traceback: null })
