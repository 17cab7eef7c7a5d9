import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Instant } from '@upon/engine'
import type { Clock } from '../../lib/clock.ts'
import { checkSource } from './check-source.ts'
import { type BaseEnvironment, environmentFor } from './environment.ts'
import { findPython } from './find-python.ts'
import { createHandover, type Handover } from './handover.ts'
import { type LogGate, logGate } from './log-gate.ts'
import type { LogSink } from './log-line.ts'
import { failedBeforeStart, type ProcessOutcome } from './process-outcome.ts'
import type { ProcessSpec } from './process-spec.ts'
import { type Interpreters, type Program, resolveProgram } from './program.ts'
import { supervise, type UserProcess } from './supervise.ts'

/** From SIGTERM to SIGKILL, unless the caller says otherwise. */
export const GRACE_MS = 10_000

export interface ProcessSinks {
  readonly log: LogSink
}

export interface RunningProcess {
  /** Null when the process could not be started; `ended` says why. */
  readonly pid: number | null
  readonly processGroup: number | null
  readonly startedAt: Instant
  /** Never rejects; resolves after the whole group is gone and every log line was taken by the sink. */
  readonly ended: Promise<ProcessOutcome>
  /** SIGTERM to the whole group now, SIGKILL after `graceMs`; resolves with `ended`. May be repeated with a shorter grace. */
  cancel(graceMs?: number): Promise<void>
}

/** Runs one attempt of a run somewhere. */
export interface Executor {
  /** Starts the attempt; never rejects. Calling it once per attempt is the caller's job. */
  start(spec: ProcessSpec, sinks: ProcessSinks): Promise<RunningProcess>
}

export interface ProcessExecutorOptions {
  readonly clock: Clock
  /** What every process inherits, such as PATH and HOME; `PATH` is also where Python is looked for. */
  readonly baseEnv: BaseEnvironment
  /** Holds one private folder per running process; created where missing. */
  readonly scratchDirectory: string
  /** Path or name of the Python to use; @default the first of python3, python on PATH. */
  readonly python?: string
  /** @default the Node that runs this. */
  readonly node?: string
  /** @default 10 s */
  readonly graceMs?: number
}

/** Runs attempts as processes of this machine, each in its own process group. */
export function createProcessExecutor(options: ProcessExecutorOptions): Executor {
  const interpreters = interpretersOf(options)
  return {
    async start(spec, sinks) {
      const gate = logGate(sinks.log)
      try {
        return await startProcess(spec, gate, { ...options, interpreters })
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        return notStarted({ kind: 'crashed', message: `could not start: ${reason}` }, gate, options.clock)
      }
    },
  }
}

interface Setup extends ProcessExecutorOptions {
  readonly interpreters: Interpreters
}

async function startProcess(spec: ProcessSpec, gate: LogGate, setup: Setup): Promise<RunningProcess> {
  const { clock, graceMs = GRACE_MS } = setup
  const source = await checkSource(spec.directory, spec.commit)
  if (source.problem !== null) return notStarted(failedBeforeStart(source.problem, 'SourceNotFound'), gate, clock)
  if (source.warning !== null) gate.offer({ stream: 'system', at: clock.now(), text: source.warning })
  const resolved = await resolveProgram(spec, setup.interpreters)
  if ('failed' in resolved) return notStarted(resolved.failed, gate, clock)
  const { program } = resolved
  const handover = await createHandover(setup.scratchDirectory, spec.parameters)
  const spawned = spawnGroup(program, spec, handover, setup.baseEnv)
  if (!('pid' in spawned)) {
    await handover.remove()
    return notStarted(spawnFailure(program, await spawned.error), gate, clock)
  }
  const { child, pid } = spawned
  const startedAt = clock.now()
  child.on('error', () => {}) // Only a failed signal or message could follow, and neither goes through `child`.
  const supervised = { child, group: pid, spec, label: program.label, gate, handover, clock, graceMs }
  const { ended, cancel } = supervise(supervised)
  return { pid, processGroup: pid, startedAt, ended, cancel: (ms = graceMs) => cancel(ms) }
}

type Spawned = { readonly child: UserProcess; readonly pid: number } | { readonly error: unknown }

/** A plain function: anything awaited between the spawn and `supervise` could miss the process's end. */
function spawnGroup(program: Program, spec: ProcessSpec, handover: Handover, baseEnv: BaseEnvironment): Spawned {
  try {
    const child = spawn(program.file, program.args(handover.folder), {
      cwd: spec.directory,
      env: environmentFor(spec, baseEnv, handover),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return child.pid === undefined
      ? { error: once(child, 'error').then(([error]) => error) }
      : { child, pid: child.pid }
  } catch (error) {
    return { error }
  }
}

/** A program that is not there is the deployment's mistake; anything else, such as no more processes, is the machine's. */
function spawnFailure(program: Program, error: unknown): ProcessOutcome {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT') {
    return failedBeforeStart(`${program.label}: there is no program ${program.file} on this machine`, 'ProgramNotFound')
  }
  if (code === 'EACCES') {
    return failedBeforeStart(`${program.label}: ${program.file} may not be executed`, 'ProgramNotExecutable')
  }
  return {
    kind: 'crashed',
    message: `${program.label} could not start: ${error instanceof Error ? error.message : error}`,
  }
}

function notStarted(outcome: ProcessOutcome, gate: LogGate, clock: Clock): RunningProcess {
  const ended = gate.flush().then(() => outcome)
  return { pid: null, processGroup: null, startedAt: clock.now(), ended, cancel: () => ended.then(() => {}) }
}

/** Python is looked for once; a machine without it is asked again at the next run. */
function interpretersOf(options: ProcessExecutorOptions): Interpreters {
  let found: string | null = options.python ?? null
  return {
    node: options.node ?? process.execPath,
    async python() {
      found ??= (await findPython(options.baseEnv.PATH))?.path ?? null
      return found
    },
  }
}
