import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { automationInputSchema } from '@upon/sdk'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { createRenderer } from '../act/template/renderer.ts'
import { createDefineService } from '../define/create-define-service.ts'
import type { DefineService } from '../define/define-service.ts'
import { createIngest, type Ingest } from '../ingest/ingest.ts'
import { systemClock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { NewLogEvent } from '../store/log-store.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import type { Store } from '../store/store.ts'
import { type Decider, startDecider } from './decider.ts'
import { createDefinitions } from './definitions.ts'

interface World extends AsyncDisposable {
  readonly store: Store
  readonly ingest: Ingest
  readonly decider: Decider
  readonly define: DefineService
  readonly project: string
  send(...events: Partial<NewLogEvent>[]): Promise<readonly string[]>
}

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function freshDirectory(): string {
  const folder = mkdtempSync(join(tmpdir(), 'upon-decide-'))
  folders.push(folder)
  return folder
}

async function world(directory = freshDirectory()): Promise<World> {
  const store = await openSqliteStore({ directory })
  const log = pino({ level: 'silent' })
  const clock = systemClock
  const ingest: Ingest = createIngest({ store, clock, log, onAppended: ({ last }) => decider.wake(last) })
  const decider: Decider = startDecider({
    store,
    clock,
    log,
    definitions: createDefinitions(store),
    append: (entries) => ingest.append(entries),
    onDecided: () => ingest.wakeRaised(),
  })
  const renderer = createRenderer()
  const define = createDefineService({ store, renderer, ingest, clock, newId })
  const project = (await store.read.projects.find('default'))?.id ?? ''
  return {
    store,
    ingest,
    decider,
    define,
    project,
    async send(...events) {
      const full = events.map((event) => newEvent({ project, ...event }))
      const results = await ingest.append(full.map((event) => ({ kind: 'event', event })))
      await decider.passed(Math.max(...results.map((result) => result.position)), 5_000_000)
      return full.map((event) => event.id)
    },
    async [Symbol.asyncDispose]() {
      await ingest.stop()
      await decider.stop()
      await renderer[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

function newEvent(given: Partial<NewLogEvent>): NewLogEvent {
  const occurred = systemClock.now()
  return {
    project: '',
    id: newId(),
    source: 'api',
    event: 'order.placed',
    occurred,
    occurredText: new Date(occurred / 1000).toISOString(),
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

const automation = (trigger: object, extra: object = {}) =>
  automationInputSchema.parse({ key: 'watch', trigger, actions: [{ type: 'do-nothing' }], ...extra })

const scopeOf = ({ project }: World) => ({ project, actor: 'local' })

const launchesOf = async ({ store, project }: World) =>
  (await store.read.launches.list({ project }, { limit: 200, cursor: null })).items

test('an event that matches becomes one launch that names its automation version', async () => {
  await using w = await world()
  await w.define.createAutomation(scopeOf(w), automation({ expect: ['order.placed'] }))
  const [id] = await w.send({}, { event: 'order.paid' })
  const launches = await launchesOf(w)
  expect(
    launches.map(({ automationKey, version, state, firing }) => [automationKey, version, state, firing.event?.id]),
  ).toEqual([['watch', 1, 'pending', id]])
})

test('an automation is in force for the first event after its save was answered, and out of force after its removal', async () => {
  await using w = await world()
  await w.send({})
  await w.define.createAutomation(scopeOf(w), automation({ expect: ['order.placed'] }))
  const [first] = await w.send({})
  await w.define.removeAutomation(scopeOf(w), 'watch')
  await w.send({})
  expect((await launchesOf(w)).map(({ firing }) => firing.event?.id)).toEqual([first])
})

test('a window half counted continues after a restart, and a decided event is not decided again', async () => {
  const directory = freshDirectory()
  {
    await using w = await world(directory)
    const trigger = { expect: ['order.placed'], threshold: 3, within: 3600 }
    await w.define.createAutomation(scopeOf(w), automation(trigger))
    await w.send({}, {})
  }
  await using w = await world(directory)
  expect(await launchesOf(w)).toEqual([])
  await w.send({})
  expect(await launchesOf(w)).toHaveLength(1)
})

test('disabling keeps events from counting, and enabling an unchanged trigger again keeps what was counted', async () => {
  await using w = await world()
  await w.define.createAutomation(scopeOf(w), automation({ expect: ['order.placed'], threshold: 3, within: 3600 }))
  await w.send({}, {})
  await w.define.patchAutomation(scopeOf(w), 'watch', { enabled: false }, {})
  await w.send({}, {})
  await w.define.patchAutomation(scopeOf(w), 'watch', { enabled: true }, {})
  expect(await launchesOf(w)).toEqual([])
  await w.send({})
  expect(await launchesOf(w)).toHaveLength(1)
})

test('an automation that launches itself through its own firing event is stopped by the loop brake, visibly', async () => {
  await using w = await world()
  await w.define.createAutomation(
    scopeOf(w),
    automation({ expect: ['order.placed', 'prefect.automation.triggered', 'upon.launch.refused'] }),
  )
  await w.send({})
  await expect.poll(async () => (await launchesOf(w)).some(({ state }) => state === 'refused')).toBe(true)
  await w.ingest.idle()
  const launches = await launchesOf(w)
  const refused = launches.filter(({ state }) => state === 'refused')
  expect(launches.length - refused.length).toBe(25)
  expect(refused.map(({ reason }) => reason?.code)).toContain('loop_guard')
  const told = await w.store.read.events.count({ project: w.project, names: ['upon.launch.refused'] })
  // Further events about refusals would only be refused again.
  expect(told).toBe(1)
})

test('events of one project never fire the automations of another', async () => {
  await using w = await world()
  const other = await w.define.createProject('local', { key: 'other', description: '' })
  await w.define.createAutomation({ project: other.id, actor: 'local' }, automation({ expect: ['order.placed'] }))
  await w.send({})
  const launches = await w.store.read.launches.list({ project: other.id }, { limit: 10, cursor: null })
  expect(launches.items).toEqual([])
})
