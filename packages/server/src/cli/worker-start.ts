import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Client, DEFAULT_PROJECT, type RunAssignment } from '@upon/sdk'
import { type Command, Option } from 'commander'
import { destination, pino } from 'pino'
import { systemClock } from '../lib/clock.ts'
import { createProcessExecutor } from '../run/executor/executor.ts'
import { httpWorkerSource } from '../run/http-worker-source.ts'
import { type RunningWorker, startWorker } from '../run/worker.ts'
import { RefusedError, type WorkerSource } from '../run/worker-source.ts'
import { VERSION } from '../version.ts'
import { aborted } from './aborted.ts'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { append, wholeNumber } from './option-values.ts'
import { processEnvironment } from './process-environment.ts'

/** Runs at the same time: this many per core, and at least `CONCURRENCY_MIN`. */
const CONCURRENCY_PER_CORE = 2
const CONCURRENCY_MIN = 4
/** Timers that keep the process alive between requests; the longest Node takes. */
const KEEP_ALIVE_MS = 2 ** 31 - 1

interface StartOptions {
  readonly pool: readonly string[]
  readonly name?: string
  readonly concurrency?: number
  readonly workDir?: string
  readonly log: string
}

/** `upon worker start`. */
export function addWorkerStart(worker: Command, cli: Cli): void {
  const start = worker
    .command('start')
    .description('execute the runs of work pools until Ctrl-C, which ends their processes')
    .requiredOption('-p, --pool <name>', 'work pool to serve; repeatable', append)
    .option('-n, --name <name>', 'how lists show it (default: the name of this machine and its process id)')
    .option('--concurrency <number>', 'most runs at the same time (default: two per core, at least 4)', wholeNumber(1))
    .option('--work-dir <directory>', 'where deployments start that recorded no directory (default: this one)')
    .addOption(
      new Option('--log <level>', 'log of the worker itself on standard error')
        .choices(['silent', 'error', 'warn', 'info'])
        .default('error'),
    )
    .action((options: StartOptions) => startAndServe(cli, start, options))
  examples(start, [
    'upon worker start --pool my-work-pool',
    'upon worker start -p my-work-pool -p gpu --name night --concurrency 8',
  ])
}

async function startAndServe(cli: Cli, command: Command, options: StartOptions): Promise<void> {
  const client = cli.client(command)
  const stop = cli.terminal.interrupted()
  const scratchDirectory = await mkdtemp(join(tmpdir(), 'upon-worker-'))
  const alive = setInterval(() => {}, KEEP_ALIVE_MS)
  const worker = startWorker(workerOptions(cli, command, options, { client, scratchDirectory }))
  try {
    await isReady(worker)
    cli.print(`worker ${nameOf(options)} serves ${options.pool.join(', ')} of ${client.url}. Ctrl-C stops it`)
    await aborted(stop)
    cli.note(`\nStopping: ${worker.running} running processes are told. Ctrl-C again leaves at once.`)
  } finally {
    await worker.stop()
    clearInterval(alive)
    await rm(scratchDirectory, { recursive: true, force: true })
  }
}

/** What the server said is what its user needs, not that a worker heard it. */
async function isReady(worker: RunningWorker): Promise<void> {
  try {
    await worker.ready
  } catch (error) {
    throw error instanceof RefusedError ? (error.cause ?? error) : error
  }
}

interface Place {
  readonly client: Client
  readonly scratchDirectory: string
}

function workerOptions(cli: Cli, command: Command, options: StartOptions, { client, scratchDirectory }: Place) {
  const { env, directory } = cli.terminal
  const project = command.optsWithGlobals<{ project?: string }>().project || env.UPON_PROJECT || DEFAULT_PROJECT
  return {
    source: withLines(cli, httpWorkerSource(client)),
    executor: createProcessExecutor({
      clock: systemClock,
      baseEnv: { ...processEnvironment(env), UPON_URL: client.url },
      scratchDirectory,
      ...(env.UPON_PYTHON ? { python: env.UPON_PYTHON } : {}),
    }),
    clock: systemClock,
    log: pino({ level: options.log }, destination({ fd: process.stderr.fd, sync: true })),
    registration: { name: nameOf(options), host: hostname(), pid: process.pid, version: VERSION, embedded: false },
    pools: options.pool.map((pool) => ({ project, pool })),
    concurrency: options.concurrency ?? Math.max(CONCURRENCY_MIN, CONCURRENCY_PER_CORE * availableParallelism()),
    directory: resolve(directory, options.workDir ?? '.'),
  }
}

/** `COMPLETED` reads `Completed`. */
const stateName = (type: string): string => type.charAt(0) + type.slice(1).toLowerCase()

const nameOf = ({ name }: StartOptions): string => name ?? `${hostname()}-${process.pid}`

/** Prints a line when a run begins and when it ends. */
function withLines(cli: Cli, source: WorkerSource): WorkerSource {
  const running = new Map<string, RunAssignment>()
  return {
    ...source,
    async claim(workers, wait) {
      const claimed = await source.claim(workers, wait)
      for (const { run } of claimed) {
        running.set(run.run_id, run)
        cli.print(`run ${run.name} of ${run.flow}/${run.deployment}, attempt ${run.attempt}`)
      }
      return claimed
    },
    async reportState(worker, runId, report) {
      await source.reportState(worker, runId, report)
      if (report.type === 'RUNNING') return
      cli.print(`run ${running.get(runId)?.name ?? runId}: ${report.name ?? stateName(report.type)}`)
      running.delete(runId)
    },
  }
}
