import { setImmediate } from 'node:timers/promises'
import { MINUTE, SECOND } from '@upon/engine'
import { expect, test } from 'vitest'
import { createDefinitions } from '../decide/definitions.ts'
import { StoreUnavailableError } from '../store/errors.ts'
import type { Store, Tables } from '../store/store.ts'
import { freshDirectory, openWorld, type World } from '../test-world.test-support.ts'
import { LAUNCHES_AT_ONCE_MAX, LAUNCHES_PER_AUTOMATION_MAX, STOP_GRACE_US, startDispatcher } from './dispatcher.ts'
import { openSink, statuses } from './http-sink.test-support.ts'
import { createOutgoingHttp } from './outgoing-http.ts'
import { createRenderer } from './template/renderer.ts'

const LOCAL = { allowOutgoing: ['127.0.0.0/8'] }
const emit = (event: string, extra: object = {}) => ({
  type: 'emit-event',
  event,
  resource: { 'prefect.resource.id': 'step' },
  ...extra,
})
const missing = { type: 'run-deployment', deployment_id: '00000000-0000-4000-8000-000000000000' }

const statesOf = async (w: World) =>
  (await w.launches()).map(({ state, actions }) => [state, ...actions.map((action) => action.state)])

/** A save that names a deployment which is removed afterwards: its run-deployment fails for good. */
async function withFailingAction(w: World, rest: (failing: object) => object): Promise<void> {
  const { id } = await w.deployment()
  await w.automation(rest({ ...missing, deployment_id: id }))
  await w.define.removeDeployment(w.scope, id)
}

/** A store whose transactions fail after their work, as in a crash before the commit, as long as `failing` says so. */
const cutOff =
  (failing: (tx: Tables) => Promise<unknown> | unknown) =>
  (store: Store): Store => ({
    ...store,
    transaction: (work) =>
      store.transaction(async (tx) => {
        const result = await work(tx)
        await failing(tx)
        return result
      }),
  })

test('actions run in order, each list after the one before, and see what the earlier ones gave', async () => {
  await using w = await openWorld()
  await w.automation({
    actions: [emit('step.one'), emit('step.two', { payload: { before: '{{ results[0].event_id }}' } })],
    actions_on_trigger: [emit('step.three', { payload: { cause: '{{ event.event }}' } })],
  })
  await w.send({})
  await w.settled()
  const steps = (await w.events()).filter(({ event }) => event.startsWith('step.'))
  expect(steps.map(({ event }) => event)).toEqual(['step.one', 'step.two', 'step.three'])
  expect(steps[1]?.payload).toEqual({ before: steps[0]?.id })
  expect(steps[2]?.payload).toEqual({ cause: 'prefect.automation.triggered' })
  expect(await statesOf(w)).toEqual([['succeeded', 'succeeded', 'succeeded', 'succeeded']])
})

test('after a failure the rest is skipped, or done where the action says so, and the launch has failed', async () => {
  await using w = await openWorld()
  await withFailingAction(w, (failing) => ({ key: 'stops', actions: [failing, { type: 'do-nothing' }] }))
  await withFailingAction(w, (failing) => ({
    key: 'goes-on',
    actions: [{ ...failing, on_error: 'continue' }, { type: 'do-nothing' }],
  }))
  await w.send({})
  await w.settled()
  expect(await statesOf(w)).toEqual([
    ['failed', 'failed', 'skipped'],
    ['failed', 'failed', 'succeeded'],
  ])
  const [launch] = await w.launches()
  expect(launch?.actions[0]?.error).toMatch(/^deployment "[0-9a-f-]+" does not exist$/)
})

test('a called URL that fails is called again with growing pauses and one key, until it answers', async () => {
  await using sink = await openSink(statuses(500, 503, 200))
  await using w = await openWorld(LOCAL)
  await w.automation({ actions: [{ type: 'call-webhook', url: sink.url }, { type: 'do-nothing' }] })
  await w.send({})
  await w.settled()
  expect(await statesOf(w)).toEqual([['retrying', 'retrying', 'pending']])
  await w.advance(999_000)
  expect(sink.received).toHaveLength(1)
  await w.advance(1_000)
  expect(sink.received).toHaveLength(2)
  await w.advance(1 * SECOND)
  expect(sink.received).toHaveLength(2)
  await w.advance(1 * SECOND)
  expect(await statesOf(w)).toEqual([['succeeded', 'succeeded', 'succeeded']])
  const [launch] = await w.launches()
  const { attempts, idempotencyKey, error } = launch?.actions[0] ?? {}
  expect([attempts, error]).toEqual([3, null])
  expect(new Set(sink.received.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set([idempotencyKey]))
})

test('a URL that never answers well ends as a dead letter after as many attempts as the action asks for', async () => {
  await using sink = await openSink(statuses(500))
  await using w = await openWorld(LOCAL)
  const retry = { attempts: 2, delay: '10s', max_delay: '15s' }
  await w.automation({ actions: [{ type: 'call-webhook', url: sink.url, retry }, { type: 'do-nothing' }] })
  await w.send({})
  await w.settled()
  await w.advance(10 * SECOND)
  expect(sink.received).toHaveLength(2)
  await w.advance(15 * SECOND)
  expect(await statesOf(w)).toEqual([['dead', 'dead', 'skipped']])
  await w.advance(60 * MINUTE)
  expect(sink.received).toHaveLength(3)
})

test('`retry` of no attempts gives up at once, and one on an action that never retries makes it try again', async () => {
  await using sink = await openSink(statuses(500))
  await using w = await openWorld(LOCAL)
  await w.automation({ key: 'once', actions: [{ type: 'call-webhook', url: sink.url, retry: { attempts: 0 } }] })
  await withFailingAction(w, (failing) => ({ key: 'again', actions: [{ ...failing, retry: { attempts: 1 } }] }))
  await w.send({})
  await w.settled()
  expect(await statesOf(w)).toEqual([
    ['failed', 'failed'],
    ['retrying', 'retrying'],
  ])
  await w.advance(1 * SECOND)
  expect((await statesOf(w))[1]).toEqual(['dead', 'dead'])
})

test('an effect that fails for a reason nobody expected is tried five times more, then is a dead letter', async () => {
  let broken = true
  const breaks = async (tx: Tables) => {
    if (broken && (await tx.runs.list({ project: 'default' }, { limit: 1, cursor: null })).items.length > 0) {
      throw new Error('out of luck')
    }
  }
  await using w = await openWorld({ wrap: cutOff(breaks) })
  const { id } = await w.deployment()
  await w.automation({ actions: [{ type: 'run-deployment', deployment_id: id }] })
  await w.send({})
  await w.settled()
  for (let attempt = 1; attempt <= 5; attempt += 1) await w.advance(20 * SECOND)
  const [launch] = await w.launches()
  expect(launch?.actions[0]).toMatchObject({ state: 'dead', attempts: 6, error: 'out of luck' })
  expect(await w.runs()).toEqual([])

  broken = false
  await w.send({})
  await w.settled()
  expect(await w.runs()).toHaveLength(1)
})

test('while the store takes no writes a launch stays due, its calls are not repeated, and it goes on afterwards', async () => {
  await using sink = await openSink()
  let full = false
  const refuse = () => {
    if (full) throw new StoreUnavailableError('disk_full', 'the disk is full')
  }
  const wrap = (store: Store): Store => ({
    ...cutOff(refuse)(store),
    healthy: async () => refuse(),
  })
  await using w = await openWorld({ ...LOCAL, wrap })
  await w.automation({ actions: [{ type: 'call-webhook', url: sink.url }] })
  full = true
  await w.send({})
  await w.dispatcher?.idle()
  for (let minute = 0; minute < 10; minute += 1) {
    w.clock.advance(MINUTE)
    await w.dispatcher?.idle()
  }
  expect(sink.received).toHaveLength(1)
  expect((await w.launches())[0]).toMatchObject({ state: 'pending', nextAction: 0 })
  full = false
  await w.advance(MINUTE)
  expect(await statesOf(w)).toEqual([['succeeded', 'succeeded']])
  expect(sink.received).toHaveLength(2)
})

test('a launch cut off between its run and its commit makes that run once, after the restart', async () => {
  using directory = freshDirectory()
  {
    const crash = async (tx: Tables) => {
      const { items } = await tx.runs.list({ project: 'default' }, { limit: 1, cursor: null })
      if (items.length > 0) throw new StoreUnavailableError('io', 'cut off')
    }
    await using w = await openWorld({ directory: directory.path, wrap: cutOff(crash) })
    const { id } = await w.deployment()
    const action = { type: 'run-deployment', deployment_id: id }
    await w.automation({ actions: [emit('step.one'), action, emit('step.three')] })
    await w.send({})
    await w.dispatcher?.idle()
    expect((await w.launches())[0]).toMatchObject({ state: 'running', nextAction: 1 })
  }
  await using w = await openWorld({ directory: directory.path })
  await w.settled()
  expect(await statesOf(w)).toEqual([['succeeded', 'succeeded', 'succeeded', 'succeeded']])
  const [launch] = await w.launches()
  expect((await w.runs()).map(({ launchId, actionIndex }) => [launchId, actionIndex])).toEqual([[launch?.id, 1]])
  const steps = (await w.events()).filter(({ event }) => event.startsWith('step.'))
  expect(steps.map(({ event }) => event)).toEqual(['step.one', 'step.three'])
})

test('two dispatchers on one outbox create one run per launch and tell of each action once', async () => {
  await using w = await openWorld()
  await using renderer = createRenderer()
  await using http = createOutgoingHttp({ allow: [] })
  const { store, clock } = w
  const wakes = { raised: w.ingest.wakeRaised, launches: () => {}, runs: () => {} }
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const definitions = createDefinitions(store)
  const second = startDispatcher({ store, clock, renderer, http, wakes, log, definitions, onLaunch: () => {} })
  const { id } = await w.deployment()
  await w.automation({ actions: [{ type: 'run-deployment', deployment_id: id }, emit('step.two')] })
  const sent = w.send(...Array.from({ length: 20 }, () => ({})))
  while ((await store.read.launches.countByState()).succeeded !== 20) {
    second.wake()
    await w.settled()
    await second.idle()
  }
  await sent
  await second.stop()
  await w.settled()
  expect(await w.runs()).toHaveLength(20)
  const names = (await w.events()).map(({ event }) => event)
  expect(names.filter((name) => name === 'step.two')).toHaveLength(20)
  expect(names.filter((name) => name === 'prefect.automation.action.executed')).toHaveLength(40)
})

test('a stop starts no further action, and the next start resumes at the next one', async () => {
  using directory = freshDirectory()
  let answer = () => {}
  await using sink = await openSink((response) => {
    answer = () => response.end()
  })
  {
    await using w = await openWorld({ ...LOCAL, directory: directory.path })
    await w.automation({ actions: [{ type: 'call-webhook', url: sink.url }, emit('step.two')] })
    await w.send({})
    await expect.poll(() => sink.received.length).toBe(1)
    const stopped = w.dispatcher?.stop()
    answer()
    await stopped
    expect((await w.launches())[0]).toMatchObject({ state: 'running', nextAction: 1 })
  }
  await using w = await openWorld({ ...LOCAL, directory: directory.path })
  await w.settled()
  expect(await statesOf(w)).toEqual([['succeeded', 'succeeded', 'succeeded']])
  expect(sink.received).toHaveLength(1)
})

test('a stop waits ten seconds for a call, which is then made again after the next start with the same key', async () => {
  using directory = freshDirectory()
  await using sink = await openSink((response, index) => {
    if (index > 0) response.end()
  })
  {
    await using w = await openWorld({ ...LOCAL, directory: directory.path })
    await w.automation({ actions: [{ type: 'call-webhook', url: sink.url }] })
    await w.send({})
    await expect.poll(() => sink.received.length).toBe(1)
    const stopped = w.dispatcher?.stop().then(() => true)
    while (!(await Promise.race([stopped, setImmediate(false)]))) w.clock.advance(STOP_GRACE_US)
  }
  await using w = await openWorld({ ...LOCAL, directory: directory.path })
  await w.settled()
  expect(await statesOf(w)).toEqual([['succeeded', 'succeeded']])
  const keys = sink.received.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toEqual([keys[0], keys[0]])
})

test('a slow call of one launch does not hold up the retry of another', async () => {
  let answer = () => {}
  await using slow = await openSink((response) => {
    answer = () => response.end()
  })
  await using flaky = await openSink(statuses(500, 200))
  await using w = await openWorld(LOCAL)
  await w.automation({ key: 'slow', actions: [{ type: 'call-webhook', url: slow.url }] })
  await w.automation({ key: 'flaky', actions: [{ type: 'call-webhook', url: flaky.url }] })
  await w.send({})
  await expect.poll(async () => (await statesOf(w))[1]).toEqual(['retrying', 'retrying'])
  w.clock.advance(SECOND)
  await expect.poll(() => flaky.received.length).toBe(2)
  answer()
  await w.settled()
  expect(await statesOf(w)).toEqual([
    ['succeeded', 'succeeded'],
    ['succeeded', 'succeeded'],
  ])
})

test('an automation whose calls hang holds up no other', async () => {
  const open: (() => void)[] = []
  await using hanging = await openSink((response) => void open.push(() => response.end()))
  await using w = await openWorld(LOCAL)
  await w.automation({ key: 'hangs', actions: [{ type: 'call-webhook', url: hanging.url }] })
  await w.automation({ key: 'works', trigger: { expect: ['other'] }, actions: [{ type: 'do-nothing' }] })
  const hung = LAUNCHES_AT_ONCE_MAX + 10
  await w.send(...Array.from({ length: hung }, () => ({})))
  await expect.poll(() => hanging.received.length).toBe(LAUNCHES_PER_AUTOMATION_MAX)
  await w.send({ event: 'other' })
  await expect.poll(async () => (await statesOf(w)).at(-1)).toEqual(['succeeded', 'succeeded'])
  expect(hanging.received).toHaveLength(LAUNCHES_PER_AUTOMATION_MAX)
  await expect.poll(() => open.splice(0).map((answer) => answer()) && hanging.received.length).toBe(hung)
  await expect.poll(async () => (await w.store.read.launches.countByState()).succeeded).toBe(hung + 1)
})

test('actions on the firing itself wait until the log has its event, and see that one', async () => {
  let held = true
  const wrap = (store: Store): Store => ({
    ...store,
    log: {
      ...store.log,
      append(entries, options) {
        const carries = entries.some((entry) => entry.kind === 'event' && entry.event.source === 'upon')
        if (held && carries) return Promise.reject(new Error('not yet'))
        return store.log.append(entries, options)
      },
    },
  })
  await using w = await openWorld({ wrap })
  await w.automation({
    actions: [{ type: 'do-nothing' }],
    actions_on_trigger: [emit('step.two', { payload: { cause: '{{ event.event }}' } })],
  })
  await w.send({})
  await w.dispatcher?.idle()
  w.clock.advance(SECOND)
  await w.dispatcher?.idle()
  expect((await w.launches())[0]).toMatchObject({ state: 'running', nextAction: 1 })
  held = false
  await w.advance(5 * SECOND)
  await w.advance(5 * SECOND)
  const [step] = await w.events({ names: ['step.two'] })
  expect(step?.payload).toEqual({ cause: 'prefect.automation.triggered' })
  expect(await statesOf(w)).toEqual([['succeeded', 'succeeded', 'succeeded']])
})
