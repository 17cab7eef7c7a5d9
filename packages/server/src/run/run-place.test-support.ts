import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SECOND } from '@upon/engine'
import type { ParsedRunInput } from '@upon/sdk'
import { type Clock, systemClock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { DeploymentRow } from '../store/deployment-table.ts'
import type { NewLogEvent } from '../store/log-store.ts'
import type { RunRow } from '../store/run-table.ts'
import { openSqliteStore, type SqliteStore } from '../store/sqlite/open.ts'
import type { WorkPoolRow } from '../store/work-pool-table.ts'
import { createProcessExecutor, type Executor } from './executor/executor.ts'
import { localWorkerSource } from './local-worker-source.ts'
import { createRunService, type RunService, type RunServiceOptions } from './run-service.ts'
import { type RunningWorker, startWorker, type WorkerOptions } from './worker.ts'

export const quietLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export interface RunPlace extends AsyncDisposable {
  readonly store: SqliteStore
  readonly runs: RunService
  readonly executor: Executor
  readonly clock: Clock
  readonly project: string
  /** Folder user programs run in. */
  readonly directory: string
  readonly scope: { readonly project: string; readonly actor: string }
  pool(values?: Partial<WorkPoolRow>): Promise<WorkPoolRow>
  deploy(values?: Partial<DeploymentRow>): Promise<DeploymentRow>
  create(deployment: DeploymentRow, input?: Partial<ParsedRunInput>): Promise<RunRow>
  get(run: Pick<RunRow, 'id'>): Promise<RunRow>
  /** The run as soon as its state has this name. */
  reaches(run: Pick<RunRow, 'id'>, state: string): Promise<RunRow>
  states(run: Pick<RunRow, 'id'>): Promise<readonly string[]>
  logs(run: Pick<RunRow, 'id'>): Promise<readonly string[]>
  /** Its first log line, as soon as there is one. */
  logged(run: Pick<RunRow, 'id'>): Promise<string>
  /** What runs raised so far, in order. */
  events(): Promise<readonly NewLogEvent[]>
  /** A worker of this server; stopped with the place. */
  worker(options?: Partial<WorkerOptions>): RunningWorker
  /** Registers a worker that only speaks the protocol. */
  register(pool: string, name?: string): Promise<{ readonly project: string; readonly id: string }>
}

/** A store of its own with the run service on it, a work pool `local` and the real executor. */
export async function runPlace(
  options: Partial<Pick<RunServiceOptions, 'clock' | 'logLimits'>> = {},
): Promise<RunPlace> {
  const clock = options.clock ?? systemClock
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upon-runs-')))
  const store = await openSqliteStore({ directory: join(root, 'data') })
  const project = (await store.read.projects.find('default'))?.id ?? ''
  const changes = createChanges()
  const workers: RunningWorker[] = []
  const runs: RunService = createRunService({
    ...options,
    store,
    clock,
    log: quietLog,
    newId,
    wakes: { raised: () => {}, launches: () => {}, runs: () => runs.wake() },
    onRun: changes.note,
    onLogs: changes.note,
  })
  const executor = createProcessExecutor({
    clock: systemClock,
    baseEnv: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    scratchDirectory: join(root, 'scratch'),
  })
  const place: RunPlace = {
    store,
    runs,
    executor,
    clock,
    project,
    directory: root,
    scope: { project, actor: 'tester' },
    ...definitionsIn({ store, runs, project, directory: root, clock }),
    ...observationsIn({ store, project, changes }),
    worker(given) {
      const shared = { source: localWorkerSource(runs), executor, clock, log: quietLog, directory: root }
      const registration = { name: 'w1', host: 'here', pid: process.pid, version: '0', embedded: false }
      const worker = startWorker({
        ...shared,
        registration,
        pools: [{ project, pool: 'local' }],
        concurrency: 4,
        ...given,
      })
      workers.push(worker)
      return worker
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.stop()))
      await runs.stop()
      await store[Symbol.asyncDispose]()
      rmSync(root, { recursive: true, force: true })
    },
  }
  await place.pool()
  return place
}

/** Lets a test wait for what it wants to see, looking again whenever a run changed. */
function createChanges() {
  const waiting = new Set<() => void>()
  return {
    note(): void {
      for (const resolve of waiting) resolve()
      waiting.clear()
    },
    async until<T>(look: () => Promise<T | null>): Promise<T> {
      for (;;) {
        const next = new Promise<void>((resolve) => void waiting.add(resolve))
        const found = await look()
        if (found !== null) return found
        await next
      }
    },
  }
}

type Definitions = Pick<RunPlace, 'pool' | 'deploy' | 'create' | 'register'>

function definitionsIn({
  store,
  runs,
  project,
  directory,
  clock,
}: Pick<RunPlace, 'store' | 'runs' | 'project' | 'directory' | 'clock'>): Definitions {
  return {
    async pool(values) {
      const row = { ...poolRow(project, clock.now()), ...values }
      await store.transaction((tx) => tx.workPools.save(row))
      return row
    },
    async deploy(values) {
      const row = { ...deploymentRow(project, directory, clock.now()), ...values }
      await store.transaction(async (tx) => {
        const { flowId: id, flowName: name } = row
        await tx.deployments.saveFlow({ id, project, name, tags: ['of-flow'], created: clock.now() })
        await tx.deployments.save(row)
      })
      return row
    },
    async create(deployment, input) {
      const all = { parameters: {}, job_variables: {}, tags: [], ...input }
      return (await runs.createRun({ project, actor: 'tester' }, deployment.id, all)).run
    },
    async register(pool, name = 'w1') {
      const registration = { name, host: 'here', pid: 1, version: '0', embedded: false }
      const { id } = await runs.registerWorker(project, pool, registration)
      return { project, id }
    },
  }
}

type Observations = Pick<RunPlace, 'get' | 'reaches' | 'states' | 'logs' | 'logged' | 'events'>

function observationsIn({
  store,
  project,
  changes,
}: Pick<RunPlace, 'store' | 'project'> & { changes: ReturnType<typeof createChanges> }): Observations {
  const get: RunPlace['get'] = async ({ id }) => {
    const run = await store.read.runs.get(id)
    if (run === null) throw new Error(`there is no run ${id}`)
    return run
  }
  const logs: RunPlace['logs'] = async ({ id }) => {
    const page = await store.read.runs.logs(project, id, { limit: 200, cursor: null })
    return page.items.map(({ text }) => text)
  }
  return {
    get,
    logs,
    reaches: (run, state) =>
      changes.until(async () => {
        const now = await get(run)
        return now.state.name === state ? now : null
      }),
    logged: (run) => changes.until(async () => (await logs(run))[0] ?? null),
    states: async ({ id }) => (await store.read.runs.states(project, id)).map(({ name }) => name),
    async events() {
      const rows = await store.read.raised.pending(10_000)
      return rows.flatMap(({ entry }) => (entry.kind === 'event' ? [entry.event] : []))
    },
  }
}

const poolRow = (project: string, now: number): WorkPoolRow => ({
  id: newId(),
  project,
  name: 'local',
  type: 'process',
  description: null,
  paused: false,
  concurrencyLimit: null,
  jobVariables: {},
  created: now,
  updated: now,
})

const deploymentRow = (project: string, directory: string, now: number): DeploymentRow => ({
  id: newId(),
  project,
  key: `flow-${newId()}`,
  flowId: newId(),
  flowName: `flow-${newId()}`,
  name: 'main',
  revision: 1,
  version: null,
  description: null,
  tags: ['of-deployment'],
  entrypoint: null,
  command: ['true'],
  directory,
  commit: null,
  parameters: {},
  parameterSchema: null,
  enforceParameterSchema: true,
  jobVariables: {},
  concurrencyLimit: null,
  collisionStrategy: 'ENQUEUE',
  workPool: 'local',
  workQueue: null,
  paused: false,
  schedules: [],
  timeoutSeconds: null,
  retries: 0,
  retryDelaySeconds: 0,
  created: now,
  updated: now,
})

/** Takes one run for a worker that only speaks the protocol. */
export async function claimOne(place: RunPlace, worker: { readonly project: string; readonly id: string }) {
  const [claimed] = await place.runs.claim([worker], { limit: 1, waitSeconds: 0, signal: new AbortController().signal })
  return claimed?.run ?? null
}

export const seconds = (count: number): number => count * SECOND
