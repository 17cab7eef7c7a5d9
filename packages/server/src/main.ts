import { rm } from 'node:fs/promises'
import { availableParallelism, hostname } from 'node:os'
import { join } from 'node:path'
import { ENGINE_VERSION } from '@upon/engine'
import type { ServerInfo } from '@upon/sdk'
import { createRenderer } from './act/template/renderer.ts'
import { createApi } from './api/create-api.ts'
import { createMetrics } from './api/metrics.ts'
import { accessFor } from './api/safety.ts'
import { startHttp } from './api/server.ts'
import { createDefineService } from './define/create-define-service.ts'
import type { Clock } from './lib/clock.ts'
import { newId } from './lib/ids.ts'
import { instantText } from './lib/instant-text.ts'
import type { Log } from './lib/log.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { startEmbeddedWorker } from './run/embedded-worker.ts'
import { createProcessExecutor } from './run/executor/executor.ts'
import { findPython } from './run/executor/find-python.ts'
import { startRecovery } from './run/recovery.ts'
import { type Retention, startRetention } from './store/retention.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import { VERSION } from './version.ts'

export interface ServerOptions {
  /** Where everything is kept. */
  readonly directory: string
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** Bearer token every request must bring; null lets only this machine in. */
  readonly token: string | null
  /** Networks actions may call although they are private. */
  readonly allowOutgoing: readonly string[]
  /** Whether this process also runs what no other worker serves. */
  readonly worker: boolean
  readonly retention: Retention
  /** Environment of the processes it starts, besides UPON_URL; secrets of the server itself must not be in it. */
  readonly processEnv: Readonly<Record<string, string>>
  /** Python for `.py` entrypoints. @default the first of python3, python on PATH */
  readonly python?: string
  /** Where a deployment that recorded no directory starts. */
  readonly workDirectory: string
  /** Directory of the built web page. */
  readonly webRoot: string
  readonly clock: Clock
  readonly log: Log
}

export interface RunningServer {
  readonly url: string
  readonly info: ServerInfo
  /** Takes no more requests, tells running processes, and ends with nothing acknowledged lost. */
  stop(): Promise<void>
}

/** Starts everything, in the order of the flow. Throws with words when the data, the port or the access is not to be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { clock, log } = options
  const access = accessFor(options.host, options.token)
  const store = await openSqliteStore({ directory: options.directory })
  const renderer = createRenderer()
  const stopping = new AbortController()
  const started = clock.now()
  const python = await findPython(options.processEnv.PATH)

  const metrics = createMetrics({
    lagUs: () => pipeline.decider.lag(),
    queued: () => pipeline.ingest.queued,
    liveViewers: () => pipeline.feed.subscribers,
    outbox: async () => outboxDepth(await store.read.launches.countByState()),
    raised: () => store.read.raised.count(),
    launchesByState: () => store.read.launches.countByState(),
    runsByState: () => store.read.runs.countByState(),
    engine: () => pipeline.decider.stats(),
  })
  const pipeline: Pipeline = startPipeline({ ...options, store, renderer, newId, metrics })
  const define = createDefineService({ store, renderer, ingest: pipeline.ingest, clock, newId, wakes: pipeline.wakes })
  const retention = startRetention({ store, retention: options.retention, clock, log })

  let url = ''
  const info = (): ServerInfo => ({
    version: VERSION,
    url,
    data: options.directory,
    store: 'SQLite',
    engine_version: ENGINE_VERSION,
    node: process.version.slice(1),
    python: python?.version ?? null,
    started: instantText(started),
  })
  const app = createApi({
    ...pipeline,
    store,
    define,
    metrics,
    clock,
    log,
    newId,
    info,
    access,
    stopping: stopping.signal,
    webRoot: options.webRoot,
  })
  const closeAll = async () => {
    await retention.stop()
    await pipeline.stop()
    await renderer[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
  }
  const http = await startHttp({ app, host: options.host, port: options.port, stopping }).catch(
    async (error: unknown) => {
      await closeAll()
      throw error
    },
  )
  url = http.url
  store.announce({ pid: process.pid, url })
  const machine = { host: hostname(), pid: process.pid }
  const recovery = startRecovery({ store, runs: pipeline.runs, clock, log, ...machine })
  // What an earlier server of this machine left running must be gone before its runs may start again.
  await recovery.recovered
  const scratchDirectory = join(options.directory, 'running')
  await rm(scratchDirectory, { recursive: true, force: true })
  const worker = options.worker
    ? startEmbeddedWorker({
        store,
        runs: pipeline.runs,
        executor: createProcessExecutor({
          clock,
          baseEnv: { ...options.processEnv, UPON_URL: url },
          scratchDirectory,
          ...(options.python === undefined ? {} : { python: options.python }),
        }),
        clock,
        log,
        ...machine,
        version: VERSION,
        cores: availableParallelism(),
        directory: options.workDirectory,
      })
    : null

  return {
    url,
    info: info(),
    async stop() {
      await http.stop()
      await worker?.stop()
      await recovery.stop()
      await closeAll()
    },
  }
}

function outboxDepth(byState: Readonly<Record<string, number>>): number {
  return (byState.pending ?? 0) + (byState.running ?? 0) + (byState.retrying ?? 0)
}
