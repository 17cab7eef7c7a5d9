import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemClock } from '../../lib/clock.ts'
import { createProcessExecutor, type ProcessExecutorOptions, type RunningProcess } from './executor.ts'
import type { LogLine, LogSink } from './log-line.ts'
import type { ProcessOutcome } from './process-outcome.ts'
import type { ProcessSpec } from './process-spec.ts'

export interface ScratchRun {
  readonly outcome: ProcessOutcome
  readonly lines: readonly LogLine[]
  /** The text of one stream's lines. */
  text(stream: LogLine['stream']): readonly string[]
}

export interface ScratchProject extends Disposable {
  readonly directory: string
  readonly scratchDirectory: string
  write(path: string, text: string): string
  spec(spec: Partial<ProcessSpec>): ProcessSpec
  start(spec: Partial<ProcessSpec>, log: LogSink, options?: Partial<ProcessExecutorOptions>): Promise<RunningProcess>
  run(spec: Partial<ProcessSpec>, options?: Partial<ProcessExecutorOptions>): Promise<ScratchRun>
}

/** A folder of a user's files and the real executor to run them with, for tests. */
export function scratchProject(baseEnv: ProcessExecutorOptions['baseEnv']): ScratchProject {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upon-executor-')))
  const directory = join(root, 'project')
  const scratchDirectory = join(root, 'scratch')
  mkdirSync(directory)

  const spec: ScratchProject['spec'] = (given) => ({
    runId: 'run-1',
    attempt: 1,
    entrypoint: null,
    command: null,
    directory,
    commit: null,
    parameters: {},
    env: {},
    timeoutSeconds: null,
    traceparent: null,
    ...given,
  })
  const start: ScratchProject['start'] = (given, log, options) =>
    createProcessExecutor({ clock: systemClock, baseEnv, scratchDirectory, ...options }).start(spec(given), { log })

  return {
    directory,
    scratchDirectory,
    spec,
    start,
    write(path, text) {
      const file = join(directory, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      return file
    },
    async run(given, options) {
      const lines: LogLine[] = []
      const running = await start(given, (line) => void lines.push(line), options)
      const outcome = await running.ended
      const text = (stream: LogLine['stream']) =>
        lines.filter((line) => line.stream === stream).map((line) => line.text)
      return { outcome, lines, text }
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
