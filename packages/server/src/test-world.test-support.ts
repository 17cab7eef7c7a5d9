import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '@upon/engine'
import { automationInputSchema, deployInputSchema, deploymentInputSchema } from '@upon/sdk'
import { pino } from 'pino'
import { type Dispatcher, startDispatcher } from './act/dispatcher.ts'
import { createOutgoingHttp } from './act/outgoing-http.ts'
import { createRenderer } from './act/template/renderer.ts'
import { type Decider, startDecider } from './decide/decider.ts'
import { createDefinitions } from './decide/definitions.ts'
import { createDefineService } from './define/create-define-service.ts'
import type { DefineService, DeployReport, Scope } from './define/define-service.ts'
import { createIngest, type Ingest } from './ingest/ingest.ts'
import { newId } from './lib/ids.ts'
import { instantText } from './lib/instant-text.ts'
import { type ManualClock, manualClock } from './lib/manual-clock.ts'
import { createRunService, type RunService } from './run/run-service.ts'
import type { AutomationRow } from './store/automation-table.ts'
import type { DeploymentRow } from './store/deployment-table.ts'
import type { EventFilter } from './store/event-table.ts'
import type { Launch } from './store/launch-table.ts'
import type { NewLogEvent } from './store/log-store.ts'
import type { RunRow } from './store/run-table.ts'
import { openSqliteStore, type SqliteStoreOptions } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'

/** 2026-03-01T10:00:00Z */
export const START = 1_772_359_200_000_000

export interface WorldOptions {
  /** Continues in this data directory. @default a new one, removed with the world */
  readonly directory?: string
  readonly clock?: ManualClock
  /** Pages the database may grow to, for a disk that is full. */
  readonly pagesMax?: SqliteStoreOptions['pagesMax']
  /** Puts faults in front of the real store. */
  readonly wrap?: (store: Store) => Store
  /** Whether launches are carried out. @default true */
  readonly dispatch?: boolean
  /** Private networks actions may call. @default none */
  readonly allowOutgoing?: readonly string[]
}

/** The flow from ingest to runs, without workers and HTTP, on a real store and a clock that moves when told to. */
export interface World extends AsyncDisposable {
  readonly store: Store
  readonly clock: ManualClock
  readonly ingest: Ingest
  readonly decider: Decider
  readonly dispatcher: Dispatcher | null
  readonly define: DefineService
  readonly runService: RunService
  readonly scope: Scope
  readonly project: string
  /** Lines logged as a warning or worse. */
  readonly logged: readonly string[]
  /** Sends events and resolves with their ids once they are decided. */
  send(...events: Partial<NewLogEvent>[]): Promise<readonly string[]>
  /** Resolves when nothing more happens until time passes or something is sent. */
  settled(): Promise<void>
  /** Moves the clock and settles. */
  advance(micros: number): Promise<void>
  automation(input: object): Promise<AutomationRow>
  deployment(input?: object): Promise<DeploymentRow>
  deploy(input: object): Promise<DeployReport>
  /** Oldest first. */
  launches(): Promise<readonly Launch[]>
  /** Oldest first. */
  runs(): Promise<readonly RunRow[]>
  /** In log order. */
  events(filter?: Partial<EventFilter>): Promise<Awaited<ReturnType<Store['read']['events']['list']>>['items']>
  /** What changed `target`, newest first as the store gives it. */
  audit(target: string): Promise<readonly { action: string; actor: string; detail: JsonObject }[]>
}

/** A new directory that the caller removes. */
export function freshDirectory(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'upon-world-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const own = options.directory === undefined ? freshDirectory() : null
  const directory = options.directory ?? own?.path ?? ''
  const { pagesMax } = options
  const real = await openSqliteStore({ directory, ...(pagesMax !== undefined && { pagesMax }) })
  const store = options.wrap?.(real) ?? real
  const clock = options.clock ?? manualClock(START)
  const logged: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) })
  const definitions = createDefinitions(store)
  const renderer = createRenderer()
  const http = createOutgoingHttp({ allow: options.allowOutgoing ?? [] })
  const wakes = {
    raised: () => ingest.wakeRaised(),
    launches: () => dispatcher?.wake(),
    runs: () => runService.wake(),
  }
  const ingest: Ingest = createIngest({ store, clock, log, onAppended: ({ last }) => decider.wake(last) })
  const decider: Decider = startDecider({
    store,
    clock,
    log,
    definitions,
    append: (entries) => ingest.append(entries),
    onDecided() {
      wakes.raised()
      wakes.launches()
    },
  })
  const dispatcher: Dispatcher | null =
    options.dispatch === false
      ? null
      : startDispatcher({ store, definitions, renderer, http, clock, log, wakes, onLaunch: () => {} })
  const runService: RunService = createRunService({ store, clock, log, wakes, newId })
  const define = createDefineService({ store, renderer, ingest, clock, newId, wakes })
  const project = (await store.read.projects.find('default'))?.id ?? ''
  const scope: Scope = { project, actor: 'local' }

  const world: World = {
    ...{ store, clock, ingest, decider, dispatcher, define, runService, scope, project, logged },
    async send(...events) {
      const full = events.map((event) => newEvent({ project, ...timed(clock.now()), ...event }))
      const results = await ingest.append(full.map((event) => ({ kind: 'event', event })))
      await decider.passed(Math.max(...results.map((result) => result.position)), Number.MAX_SAFE_INTEGER)
      return full.map((event) => event.id)
    },
    async settled() {
      for (;;) {
        await ingest.idle()
        const { position } = await store.log.head()
        await decider.passed(position, Number.MAX_SAFE_INTEGER)
        await dispatcher?.idle()
        await ingest.idle()
        if ((await store.log.head()).position === position && (await store.read.raised.count()) === 0) return
      }
    },
    async advance(micros) {
      clock.advance(micros)
      await world.settled()
    },
    automation: (input) =>
      define.createAutomation(
        scope,
        automationInputSchema.parse({ key: 'watch', trigger: { expect: ['order.placed'] }, actions: [], ...input }),
      ),
    async deployment(input = {}) {
      const parsed = deploymentInputSchema.parse({ flow_name: 'vision', name: 'inference', command: 'true', ...input })
      return (await define.putDeployment(scope, parsed, {})).row
    },
    deploy: (input) => define.deploy(scope, deployInputSchema.parse(input)),
    async launches() {
      return (await store.read.launches.list({ project }, { limit: 200, cursor: null })).items.toReversed()
    },
    async runs() {
      return (await store.read.runs.list({ project }, { limit: 200, cursor: null })).items.toReversed()
    },
    async events(filter = {}) {
      const page = { limit: 200, cursor: null }
      return (await store.read.events.list({ project, order: 'oldest', ...filter }, page)).items
    },
    audit: (target) => store.read.audit.list(project, target, 100),
    async [Symbol.asyncDispose]() {
      await dispatcher?.stop()
      await runService.stop()
      await ingest.stop()
      await decider.stop()
      await http[Symbol.asyncDispose]()
      await renderer[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      own?.[Symbol.dispose]()
    },
  }
  return world
}

const timed = (now: number) => ({ occurred: now, occurredText: instantText(now) })

export function newEvent(given: Partial<NewLogEvent> & { project: string }): NewLogEvent {
  return {
    id: newId(),
    source: 'api',
    event: 'order.placed',
    ...timed(START),
    resource: { 'prefect.resource.id': 'order.1' },
    related: [],
    payload: {},
    follows: null,
    depth: 0,
    rootId: null,
    rootReceived: null,
    traceparent: null,
    ...given,
  }
}
