import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Wakes } from '../lib/wakes.ts'
import type { Store } from '../store/store.ts'
import type { LogLimits } from './log-budget.ts'
import type { RunContext } from './run-context.ts'
import { createRunRequests, type RunRequests } from './run-requests.ts'
import { createRunWakes } from './run-wakes.ts'
import { createWorkerProtocol, type WorkerProtocol } from './worker-protocol.ts'

export interface RunServiceOptions {
  readonly store: Pick<Store, 'read' | 'transaction'>
  readonly clock: Clock
  readonly log: Log
  readonly wakes: Wakes
  readonly newId: () => string
  /** Told of every run whose state changed here, after the commit. */
  readonly onRun?: (project: string, runId: string) => void
  /** Told of every run that got log lines. */
  readonly onLogs?: (project: string, runId: string) => void
  /** Of one attempt. @default `LOG_LINES_MAX`, `LOG_CHARS_MAX` */
  readonly logLimits?: LogLimits
}

/** Runs, the people who ask for them and the workers that execute them. */
export interface RunService extends RunRequests, WorkerProtocol {
  /** Calls `listener` whenever there may be runs to start. */
  onWake(listener: () => void): () => void
  /** There may be runs to start. */
  wake(): void
  /** Ends waiting claims. */
  stop(): Promise<void>
}

export function createRunService(options: RunServiceOptions): RunService {
  const { store, clock, log, wakes, newId } = options
  const runWakes = createRunWakes({ store, clock, log })
  const context: RunContext = {
    store,
    clock,
    newId,
    announce(...runs) {
      if (runs.length > 0) wakes.raised()
      for (const { project, id } of runs) options.onRun?.(project, id)
    },
    startable: () => wakes.runs(),
  }
  return {
    ...createRunRequests(context),
    ...createWorkerProtocol({
      context,
      wakes: runWakes,
      logLimits: options.logLimits,
      onLogs: (project, run) => options.onLogs?.(project, run),
    }),
    onWake: runWakes.onWake,
    wake: runWakes.wake,
    stop: runWakes.stop,
  }
}
