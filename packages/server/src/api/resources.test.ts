import { type AutomationInput, applyAnswerSchema, deploymentSchema, routes } from '@upon/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestApi } from './open-test-api.ts'

const api = await openTestApi()
afterAll(() => api[Symbol.asyncDispose]())

const pinged = (key: string, more: Partial<AutomationInput> = {}): AutomationInput => ({
  key,
  trigger: { expect: ['external.resource.pinged'], match: { 'prefect.resource.id': 'my.external.resource' } },
  actions: [{ type: 'do-nothing' }],
  ...more,
})
const ping = (resource: string, name = 'external.resource.pinged') => ({
  event: name,
  resource: { 'prefect.resource.id': resource },
})
const create = (body: AutomationInput) => api.call(routes.createAutomation, { body })

describe('automations', () => {
  test('are created, read, changed and removed, each version with its ETag', async () => {
    const params = { automation: 'crud' }
    const made = await api.request(routes.createAutomation, { body: pinged('crud') })
    expect([made.status, made.headers.get('etag'), made.body.version]).toEqual([201, '"1"', 1])
    const change = { params, headers: { 'if-match': '"1"' }, body: { description: 'why' } }
    const patched = await api.request(routes.updateAutomation, change)
    expect([patched.status, patched.headers.get('etag'), patched.body.description]).toEqual([200, '"2"', 'why'])
    const versions = await api.call(routes.listAutomationVersions, { params })
    expect(versions.items.map(({ version }) => version)).toEqual([2, 1])
    const first = await api.call(routes.getAutomationVersion, { params: { ...params, version: '1' } })
    expect(first.description).toBe('')
    expect((await api.ask('DELETE', '/api/v1/automations/crud')).status).toBe(204)
    expect((await api.ask('GET', '/api/v1/automations/crud')).status).toBe(404)
  })

  test('changed in the meantime are not overwritten, and the answer says what to do', async () => {
    await create(pinged('raced'))
    await api.call(routes.updateAutomation, { params: { automation: 'raced' }, body: { description: 'theirs' } })
    for (const [method, body] of [
      ['PUT', pinged('raced')],
      ['PATCH', { tags: ['x'] }],
      ['DELETE', undefined],
    ] as const) {
      const { status, problem } = await api.ask(method, '/api/v1/automations/raced', body, { 'if-match': '"1"' })
      expect([status, problem.code, problem.detail]).toEqual([
        412,
        'precondition_failed',
        expect.stringContaining('read it again'),
      ])
    }
    const odd = await api.ask('PATCH', '/api/v1/automations/raced', { tags: [] }, { 'if-match': 'yesterday' })
    expect([odd.status, odd.problem.detail]).toEqual([412, expect.stringContaining('expected the ETag')])
  })

  test('the same content again is no new version', async () => {
    await create(pinged('same'))
    const again = { params: { automation: 'same' }, body: pinged('same') }
    expect((await api.call(routes.replaceAutomation, again)).version).toBe(1)
  })

  test('a key that is taken is a conflict', async () => {
    await create(pinged('taken'))
    const { status, problem } = await api.ask('POST', '/api/v1/automations', pinged('taken'))
    expect([status, problem.code]).toEqual([409, 'conflict'])
  })

  test.each([
    ['an unknown key', { triger: {} }, 'triger', 'trigger'],
    ['a wrong action', { actions: [{ type: 'run-deploymnt' }] }, 'actions[0]', undefined],
    ['a wrong threshold', { trigger: { threshold: 'many' } }, 'trigger.threshold', undefined],
  ])('%s is named with its path', async (_what, wrong, path, suggestion) => {
    const { status, problem } = await api.ask('POST', '/api/v1/automations', { ...pinged('wrong'), ...wrong })
    const there = problem.problems?.find((found) => found.path.startsWith(path))
    expect([status, there !== undefined, there?.suggestion]).toEqual([422, true, suggestion])
  })

  test('lists are filtered by name, tag, state and what they run', async () => {
    await create(pinged('tagged', { tags: ['a', 'b'], name: 'With tags' }))
    await create(pinged('idle', { tags: ['a'], enabled: false }))
    const list = async (query: z.input<typeof routes.listAutomations.query>) =>
      (await api.call(routes.listAutomations, { query })).items.map(({ key }) => key)
    expect(await list({ tag: ['a', 'b'] })).toEqual(['tagged'])
    expect(await list({ tag: 'a', enabled: false })).toEqual(['idle'])
    expect(await list({ name: 'With tags' })).toEqual(['tagged'])
    expect(await api.call(routes.countAutomations, { query: { tag: 'a' } })).toEqual({ count: 2 })
  })

  test('are switched off and on', async () => {
    const params = { automation: 'switched' }
    await create(pinged('switched'))
    expect((await api.call(routes.disableAutomation, { params })).enabled).toBe(false)
    expect((await api.call(routes.enableAutomation, { params })).enabled).toBe(true)
  })

  test('show how far they have counted, by key', async () => {
    const trigger = { expect: ['counted'], for_each: ['prefect.resource.id'], threshold: 3, within: 600 }
    await create({ key: 'counts', trigger, actions: [{ type: 'do-nothing' }] })
    const body = [ping('left', 'counted'), ping('left', 'counted'), ping('right', 'counted')]
    await api.call(routes.sendEvents, { body })
    await api.decided()
    const { items } = await api.call(routes.listAutomationWindows, { params: { automation: 'counts' } })
    expect(items.map(({ labels, count }) => [labels, count])).toEqual([
      [{ 'prefect.resource.id': 'left' }, 2],
      [{ 'prefect.resource.id': 'right' }, 1],
    ])
  })

  test('what is exported can be applied and changes nothing', async () => {
    const documents = await api.call(routes.exportDocuments)
    const applied = await api.ask('POST', '/api/v1/apply', { documents })
    const changes = new Set(applied.json(applyAnswerSchema).changes.map(({ change }) => change))
    expect([applied.status, [...changes]]).toEqual([200, ['unchanged']])
  })
})

describe('explaining an event', () => {
  const ours = { project: 'why' }

  beforeAll(async () => {
    await api.call(routes.createProject, { body: { key: 'why' } })
    for (const body of [
      pinged('pings'),
      pinged('others', { trigger: { expect: ['something.else'] } }),
      pinged('thirds', { trigger: { expect: ['external.resource.pinged'], threshold: 3, within: 60 } }),
    ]) {
      await api.call(routes.createAutomation, { body }, ours)
    }
  })

  const explain = async (resource: string) => {
    const { accepted } = await api.call(routes.sendEvents, { body: ping(resource) }, ours)
    return api.call(routes.explainEvent, { params: { event: accepted[0]?.id ?? '' } }, ours)
  }

  test('says which automation fired, with its launch', async () => {
    const { decided, outcomes } = await explain('my.external.resource')
    const [first] = outcomes
    expect([decided, first?.automation.key, first?.fired]).toEqual([true, 'pings', true])
    const launch = await api.call(routes.getLaunch, { params: { launch: first?.launch_id ?? '' } }, ours)
    expect(launch.automation.key).toBe('pings')
  })

  test('says why the others did not, the nearest first', async () => {
    const { outcomes } = await explain('other.resource')
    expect(outcomes.map(({ automation, reason }) => [automation.key, reason])).toEqual([
      ['thirds', expect.stringMatching(/^matched, and counts as [12] where 3 are wanted$/)],
      ['pings', 'prefect.resource.id is "other.resource", wanted "my.external.resource"'],
      ['others', 'the event is "external.resource.pinged", wanted "something.else"'],
    ])
  })

  test('says of a disabled automation that it is disabled, where the event was for it', async () => {
    await api.call(routes.createAutomation, { body: pinged('off', { enabled: false }) }, ours)
    const reasons = async (resource: string) =>
      (await explain(resource)).outcomes.flatMap(({ automation, reason }) => (automation.key === 'off' ? [reason] : []))
    expect(await reasons('my.external.resource')).toEqual(['matched, and off is disabled'])
    expect(await reasons('other.resource')).toEqual([])
  })

  test('says of a trigger that fired in its window when it counts again', async () => {
    const trigger = { expect: ['external.resource.pinged'], within: 3600, for_each: ['prefect.resource.id'] }
    await api.call(routes.createAutomation, { body: pinged('hourly', { trigger }) }, ours)
    const reasons = async (resource: string) =>
      (await explain(resource)).outcomes.flatMap(({ automation, reason }) =>
        automation.key === 'hourly' ? [reason] : [],
      )
    expect(await reasons('clock.1')).toEqual([expect.stringMatching(/^fired/)])
    expect(await reasons('clock.1')).toEqual([
      expect.stringMatching(/^matched, and it has fired before: it counts again from \S+Z$/),
    ])
    expect(await reasons('clock.2')).toEqual([expect.stringMatching(/^fired/)])
  })

  test('launches are listed by automation, state and event', async () => {
    const { event } = await explain('my.external.resource')
    const list = async (query: z.input<typeof routes.listLaunches.query>) =>
      (await api.call(routes.listLaunches, { query }, ours)).items
    expect(await list({ automation: 'pings', event_id: event.id })).toHaveLength(1)
    expect((await list({ automation: 'pings' })).length).toBeGreaterThan(1)
    expect(await list({ state: 'dead' })).toEqual([])
  })
})

describe('deployments and work pools', () => {
  const deployment = { name: 'daily', flow_name: 'train', entrypoint: 'train.py:main', work_pool: 'cpu' }

  test('deploying makes flow, work pool, deployment and its automations, and says so', async () => {
    const { deployments, work_pools, automations } = await api.call(routes.deploy, {
      body: { deployments: [{ ...deployment, triggers: [{ expect: ['external.resource.pinged'] }] }] },
    })
    expect(work_pools).toEqual([{ name: 'cpu', type: 'process', change: 'created' }])
    expect(deployments.map(({ change }) => change)).toEqual(['created'])
    expect(automations.map(({ automation }) => automation.name)).toEqual(['daily__automation_1'])
    const owned = await api.call(routes.listAutomations, { query: { deployment: 'train/daily' } })
    expect(owned.items).toHaveLength(1)
  })

  test('a deployment is found by flow and name, and changed under its ETag', async () => {
    const params = { deployment: 'train/daily' }
    const read = await api.request(routes.getDeployment, { params })
    expect([read.status, read.body.full_name]).toEqual([200, 'train/daily'])
    const tag = read.headers.get('etag') ?? ''
    const patched = await api.ask('PATCH', '/api/v1/deployments/train%2Fdaily', { tags: ['x'] }, { 'if-match': tag })
    expect([patched.status, patched.json(deploymentSchema).tags]).toEqual([200, ['x']])
    const stale = await api.ask('PATCH', '/api/v1/deployments/train%2Fdaily', { tags: [] }, { 'if-match': tag })
    expect(stale.status).toBe(412)
    expect((await api.call(routes.pauseDeployment, { params })).paused).toBe(true)
    expect((await api.call(routes.resumeDeployment, { params })).paused).toBe(false)
  })

  test('putting one twice creates it and then leaves it', async () => {
    const body = { ...deployment, name: 'weekly' }
    expect((await api.request(routes.putDeployment, { body })).status).toBe(201)
    expect((await api.request(routes.putDeployment, { body })).status).toBe(200)
    const { items } = await api.call(routes.listDeployments, { query: { flow: 'train', name: 'train/weekly' } })
    expect(items.map(({ full_name }) => full_name)).toEqual(['train/weekly'])
    expect((await api.ask('DELETE', '/api/v1/deployments/train%2Fweekly')).status).toBe(204)
  })

  test('flows are listed and read', async () => {
    expect((await api.call(routes.listFlows, { query: { name: 'train' } })).items).toHaveLength(1)
    expect((await api.call(routes.getFlow, { params: { flow: 'train' } })).name).toBe('train')
    expect((await api.ask('GET', '/api/v1/flows/trian')).status).toBe(404)
  })

  test('a work pool in use stays, and its queues come and go', async () => {
    expect((await api.ask('DELETE', '/api/v1/work-pools/cpu')).status).toBe(409)
    const made = await api.request(routes.createWorkPool, { body: { name: 'gpu', concurrency_limit: 2 } })
    expect([made.status, made.body.queues.map(({ name }) => name)]).toEqual([201, ['default']])
    const gpu = { pool: 'gpu' }
    const change = { params: gpu, body: { description: 'two cards' } }
    expect((await api.call(routes.updateWorkPool, change)).description).toBe('two cards')
    expect((await api.call(routes.pauseWorkPool, { params: gpu })).paused).toBe(true)
    expect((await api.call(routes.resumeWorkPool, { params: gpu })).paused).toBe(false)
    const queue = await api.request(routes.createWorkQueue, { params: gpu, body: { name: 'urgent', priority: 1 } })
    expect([queue.status, queue.body.priority]).toEqual([201, 1])
    const urgent = { ...gpu, queue: 'urgent' }
    expect((await api.call(routes.getWorkQueue, { params: urgent })).name).toBe('urgent')
    expect((await api.ask('PATCH', '/api/v1/work-pools/gpu/queues/urgent', { concurrency_limit: 1 })).status).toBe(200)
    expect((await api.call(routes.pauseWorkQueue, { params: urgent })).paused).toBe(true)
    expect((await api.call(routes.resumeWorkQueue, { params: urgent })).paused).toBe(false)
    expect((await api.ask('DELETE', '/api/v1/work-pools/gpu/queues/urgent')).status).toBe(204)
    expect((await api.call(routes.listWorkPools, { query: { limit: 1 } })).next_cursor).not.toBeNull()
    expect((await api.ask('DELETE', '/api/v1/work-pools/gpu')).status).toBe(204)
  })
})

describe('variables', () => {
  test('hold any JSON and are named once', async () => {
    const body = { name: 'limits', value: { max: [1, null] }, tags: ['x'] }
    const made = await api.request(routes.createVariable, { body })
    expect([made.status, made.body.value]).toEqual([201, { max: [1, null] }])
    expect((await api.ask('POST', '/api/v1/variables', { name: 'limits', value: 1 })).status).toBe(409)
    const change = { params: { variable: 'limits' }, body: { value: null } }
    expect((await api.call(routes.updateVariable, change)).value).toBeNull()
    expect((await api.call(routes.listVariables, { query: { tag: 'x' } })).items).toHaveLength(1)
    const put = (value: string) => api.request(routes.putVariable, { params: { variable: 'fresh' }, body: { value } })
    expect((await put('a')).status).toBe(201)
    expect((await put('b')).body.value).toBe('b')
    expect((await api.ask('DELETE', '/api/v1/variables/fresh')).status).toBe(204)
    expect((await api.ask('GET', '/api/v1/variables/fresh')).status).toBe(404)
  })

  test('a name that no template could use is refused, also in a path', async () => {
    expect((await api.ask('PUT', '/api/v1/variables/two%20words', { value: 1 })).status).toBe(422)
  })
})

describe('the server itself', () => {
  const pathsSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

  test('says what it is, and that it is well', async () => {
    expect(await api.call(routes.getInfo)).toMatchObject({ store: 'SQLite', version: '0.0.0-test' })
    expect((await api.call(routes.health)).ok).toBe(true)
    const { checks } = await api.call(routes.ready)
    expect(checks.map(({ name }) => name)).toEqual(['store', 'decide', 'server'])
    expect((await api.call(routes.listProjects)).items[0]?.key).toBe('default')
    expect((await api.ask('GET', '/api/v1/projects/nowhere')).status).toBe(404)
  })

  test('shows numbers for what it did', async () => {
    const { text, headers } = await api.ask('GET', '/metrics')
    expect(headers.get('content-type')).toContain('text/plain')
    expect(text).toMatch(/^upon_events_total\{outcome="appended"\} [1-9]/m)
    expect(text).toMatch(/^upon_http_request_duration_seconds_count\{route="createAutomation",status="201"\} [1-9]/m)
    for (const name of [
      'upon_decide_lag_seconds',
      'upon_open_windows',
      'upon_outbox_depth',
      'process_cpu_seconds_total',
    ]) {
      expect(text).toContain(name)
    }
  })

  test('describes every route it has, as JSON and as a page', async () => {
    const { paths } = (await api.ask('GET', '/api/v1/openapi.json')).json(pathsSchema)
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const table = Object.values(routes).map(({ method, path }) => `${method} ${path}`)
    expect(described.sort()).toEqual(table.sort())
    const served = api.app.routes
      .filter(({ path, method }) => method !== 'ALL' && path !== '/api/v1/docs')
      .map(({ path, method }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    expect(served.sort()).toEqual(described)
    const page = await api.ask('GET', '/api/v1/docs')
    for (const { path } of Object.values(routes)) expect(page.text).toContain(path)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.text).not.toContain('<script')
  })

  test('serves the schemas of files, with a suggestion for a typo', async () => {
    const { body, headers } = await api.request(routes.getSchema, { params: { schema: 'automation.json' } })
    expect([body.$id, headers.get('content-type')]).toEqual([
      'http://127.0.0.1:4400/api/v1/schemas/automation.json',
      'application/schema+json',
    ])
    const { problem } = await api.ask('GET', '/api/v1/schemas/automaton.json')
    expect(problem.detail).toContain('did you mean "automation"?')
  })

  test('says at / that the page is not built, where it is not', async () => {
    const { status, text } = await api.ask('GET', '/')
    expect([status, text]).toEqual([200, expect.stringContaining('npm run build')])
  })
})

test('nothing of all this was a bug of ours', () => {
  expect(api.errors).toEqual([])
})
