import { routes } from '@upon/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApi } from './open-test-api.ts'

const api = await openTestApi()
afterAll(() => api[Symbol.asyncDispose]())

const pinged = (key: string, more: Readonly<Record<string, unknown>> = {}) => ({
  key,
  trigger: { expect: ['external.resource.pinged'], match: { 'prefect.resource.id': 'my.external.resource' } },
  actions: [{ type: 'do-nothing' }],
  ...more,
})
const ping = (resource: string, name = 'external.resource.pinged') => ({
  event: name,
  resource: { 'prefect.resource.id': resource },
})
const keysOf = (json: { items: { key: string }[] }) => json.items.map(({ key }) => key)

describe('automations', () => {
  test('are created, read, changed and removed, each version with its ETag', async () => {
    const made = await api.ask('POST', '/api/v1/automations', pinged('crud'))
    expect([made.status, made.headers.get('etag'), made.json.version]).toEqual([201, '"1"', 1])
    const patched = await api.ask('PATCH', '/api/v1/automations/crud', { description: 'why' }, { 'if-match': '"1"' })
    expect([patched.status, patched.headers.get('etag'), patched.json.description]).toEqual([200, '"2"', 'why'])
    const versions = await api.ask('GET', '/api/v1/automations/crud/versions')
    expect(versions.json.items.map(({ version }: { version: number }) => version)).toEqual([2, 1])
    const first = await api.ask('GET', '/api/v1/automations/crud/versions/1')
    expect(first.json.description).toBe('')
    expect((await api.ask('DELETE', '/api/v1/automations/crud')).status).toBe(204)
    expect((await api.ask('GET', '/api/v1/automations/crud')).status).toBe(404)
  })

  test('changed in the meantime are not overwritten, and the answer says what to do', async () => {
    await api.ask('POST', '/api/v1/automations', pinged('raced'))
    await api.ask('PATCH', '/api/v1/automations/raced', { description: 'theirs' })
    for (const [method, body] of [
      ['PUT', pinged('raced')],
      ['PATCH', { tags: ['x'] }],
      ['DELETE', undefined],
    ] as const) {
      const { status, json } = await api.ask(method, '/api/v1/automations/raced', body, { 'if-match': '"1"' })
      expect([status, json.code, json.detail]).toEqual([
        412,
        'precondition_failed',
        expect.stringContaining('read it again'),
      ])
    }
    const odd = await api.ask('PATCH', '/api/v1/automations/raced', { tags: [] }, { 'if-match': 'yesterday' })
    expect([odd.status, odd.json.detail]).toEqual([412, expect.stringContaining('expected the ETag')])
  })

  test('the same content again is no new version', async () => {
    await api.ask('POST', '/api/v1/automations', pinged('same'))
    const { json } = await api.ask('PUT', '/api/v1/automations/same', pinged('same'))
    expect(json.version).toBe(1)
  })

  test('a key that is taken is a conflict', async () => {
    await api.ask('POST', '/api/v1/automations', pinged('taken'))
    const { status, json } = await api.ask('POST', '/api/v1/automations', pinged('taken'))
    expect([status, json.code]).toEqual([409, 'conflict'])
  })

  test.each([
    ['an unknown key', { triger: {} }, 'triger', 'trigger'],
    ['a wrong action', { actions: [{ type: 'run-deploymnt' }] }, 'actions[0]', undefined],
    ['a wrong threshold', { trigger: { threshold: 'many' } }, 'trigger.threshold', undefined],
  ])('%s is named with its path', async (_what, wrong, path, suggestion) => {
    const { status, json } = await api.ask('POST', '/api/v1/automations', pinged('wrong', wrong))
    const problem = json.problems.find((found: { path: string }) => found.path.startsWith(path))
    expect([status, problem?.suggestion]).toEqual([422, suggestion])
  })

  test('lists are filtered by name, tag, state and what they run', async () => {
    await api.ask('POST', '/api/v1/automations', pinged('tagged', { tags: ['a', 'b'], name: 'With tags' }))
    await api.ask('POST', '/api/v1/automations', pinged('idle', { tags: ['a'], enabled: false }))
    const list = async (query: string) => keysOf((await api.ask('GET', `/api/v1/automations?${query}`)).json)
    expect(await list('tag=a&tag=b')).toEqual(['tagged'])
    expect(await list('tag=a&enabled=false')).toEqual(['idle'])
    expect(await list('name=With%20tags')).toEqual(['tagged'])
    expect((await api.ask('GET', '/api/v1/automations/count?tag=a')).json).toEqual({ count: 2 })
  })

  test('are switched off and on', async () => {
    await api.ask('POST', '/api/v1/automations', pinged('switched'))
    expect((await api.ask('POST', '/api/v1/automations/switched/disable')).json.enabled).toBe(false)
    expect((await api.ask('POST', '/api/v1/automations/switched/enable')).json.enabled).toBe(true)
  })

  test('show how far they have counted, by key', async () => {
    const trigger = {
      expect: ['counted'],
      for_each: ['prefect.resource.id'],
      threshold: 3,
      within: 600,
    }
    await api.ask('POST', '/api/v1/automations', { key: 'counts', trigger, actions: [{ type: 'do-nothing' }] })
    await api.ask('POST', '/api/v1/events', [
      ping('left', 'counted'),
      ping('left', 'counted'),
      ping('right', 'counted'),
    ])
    await api.decided()
    const { json } = await api.ask('GET', '/api/v1/automations/counts/windows')
    const counts = json.items.map((window: { labels: object; count: number }) => [window.labels, window.count])
    expect(counts).toEqual([
      [{ 'prefect.resource.id': 'left' }, 2],
      [{ 'prefect.resource.id': 'right' }, 1],
    ])
  })

  test('what is exported can be applied and changes nothing', async () => {
    const exported = await api.ask('GET', '/api/v1/export')
    const { status, json } = await api.ask('POST', '/api/v1/apply', { documents: exported.json })
    const changes = new Set(json.changes.map(({ change }: { change: string }) => change))
    expect([status, [...changes]]).toEqual([200, ['unchanged']])
  })
})

describe('explaining an event', () => {
  beforeAll(async () => {
    await api.ask('POST', '/api/v1/projects', { key: 'why' })
    const ours = { 'upon-project': 'why' }
    await api.ask('POST', '/api/v1/automations', pinged('pings'), ours)
    const other = pinged('others', { trigger: { expect: ['something.else'] } })
    await api.ask('POST', '/api/v1/automations', other, ours)
    const third = pinged('thirds', { trigger: { expect: ['external.resource.pinged'], threshold: 3, within: 60 } })
    await api.ask('POST', '/api/v1/automations', third, ours)
  })

  const explain = async (resource: string) => {
    const sent = await api.ask('POST', '/api/v1/events?project=why', ping(resource))
    const { json } = await api.ask('GET', `/api/v1/events/${sent.json.accepted[0].id}/explain?project=why`)
    return json
  }

  test('says which automation fired, with its launch', async () => {
    const { decided, outcomes } = await explain('my.external.resource')
    expect([decided, outcomes[0].automation.key, outcomes[0].fired]).toEqual([true, 'pings', true])
    const launch = await api.ask('GET', `/api/v1/launches/${outcomes[0].launch_id}?project=why`)
    expect(launch.json.automation.key).toBe('pings')
  })

  test('says why the others did not, the nearest first', async () => {
    const { outcomes } = await explain('other.resource')
    expect(
      outcomes.map(({ automation, reason }: { automation: { key: string }; reason: string }) => [
        automation.key,
        reason,
      ]),
    ).toEqual([
      ['thirds', expect.stringMatching(/^matched, and counts as [12] where 3 are wanted$/)],
      ['pings', 'prefect.resource.id is "other.resource", wanted "my.external.resource"'],
      ['others', 'the event is "external.resource.pinged", wanted "something.else"'],
    ])
  })

  test('launches are listed by automation, state and event', async () => {
    const { event } = await explain('my.external.resource')
    const list = async (query: string) => (await api.ask('GET', `/api/v1/launches?project=why&${query}`)).json.items
    expect(await list(`automation=pings&event_id=${event.id}`)).toHaveLength(1)
    expect((await list('automation=pings')).length).toBeGreaterThan(1)
    expect(await list('state=dead')).toEqual([])
  })
})

describe('deployments and work pools', () => {
  const deployment = { name: 'daily', flow_name: 'train', entrypoint: 'train.py:main', work_pool: 'cpu' }

  test('deploying makes flow, work pool, deployment and its automations, and says so', async () => {
    const { status, json } = await api.ask('POST', '/api/v1/deploy', {
      deployments: [{ ...deployment, triggers: [{ expect: ['external.resource.pinged'] }] }],
    })
    expect([status, json.work_pools]).toEqual([200, [{ name: 'cpu', type: 'process', change: 'created' }]])
    expect(json.deployments.map(({ change }: { change: string }) => change)).toEqual(['created'])
    expect(json.automations.map(({ automation }: { automation: { name: string } }) => automation.name)).toEqual([
      'daily__automation_1',
    ])
    const owned = await api.ask('GET', '/api/v1/automations?deployment=train%2Fdaily')
    expect(owned.json.items).toHaveLength(1)
  })

  test('a deployment is found by flow and name, and changed under its ETag', async () => {
    const read = await api.ask('GET', '/api/v1/deployments/train%2Fdaily')
    expect([read.status, read.json.full_name]).toEqual([200, 'train/daily'])
    const tag = read.headers.get('etag') ?? ''
    const patched = await api.ask('PATCH', '/api/v1/deployments/train%2Fdaily', { tags: ['x'] }, { 'if-match': tag })
    expect([patched.status, patched.json.tags]).toEqual([200, ['x']])
    const stale = await api.ask('PATCH', '/api/v1/deployments/train%2Fdaily', { tags: [] }, { 'if-match': tag })
    expect(stale.status).toBe(412)
    expect((await api.ask('POST', '/api/v1/deployments/train%2Fdaily/pause')).json.paused).toBe(true)
    expect((await api.ask('POST', '/api/v1/deployments/train%2Fdaily/resume')).json.paused).toBe(false)
  })

  test('putting one twice creates it and then leaves it', async () => {
    const body = { ...deployment, name: 'weekly' }
    expect((await api.ask('PUT', '/api/v1/deployments', body)).status).toBe(201)
    expect((await api.ask('PUT', '/api/v1/deployments', body)).status).toBe(200)
    const { json } = await api.ask('GET', '/api/v1/deployments?flow=train&name=train/weekly')
    expect(json.items.map(({ full_name }: { full_name: string }) => full_name)).toEqual(['train/weekly'])
    expect((await api.ask('DELETE', '/api/v1/deployments/train%2Fweekly')).status).toBe(204)
  })

  test('flows are listed and read', async () => {
    expect((await api.ask('GET', '/api/v1/flows?name=train')).json.items).toHaveLength(1)
    expect((await api.ask('GET', '/api/v1/flows/train')).json.name).toBe('train')
    expect((await api.ask('GET', '/api/v1/flows/trian')).status).toBe(404)
  })

  test('a work pool in use stays, and its queues come and go', async () => {
    expect((await api.ask('DELETE', '/api/v1/work-pools/cpu')).status).toBe(409)
    const made = await api.ask('POST', '/api/v1/work-pools', { name: 'gpu', concurrency_limit: 2 })
    expect([made.status, made.json.queues.map(({ name }: { name: string }) => name)]).toEqual([201, ['default']])
    expect((await api.ask('PATCH', '/api/v1/work-pools/gpu', { description: 'two cards' })).json.description).toBe(
      'two cards',
    )
    expect((await api.ask('POST', '/api/v1/work-pools/gpu/pause')).json.paused).toBe(true)
    expect((await api.ask('POST', '/api/v1/work-pools/gpu/resume')).json.paused).toBe(false)
    const queue = await api.ask('POST', '/api/v1/work-pools/gpu/queues', { name: 'urgent', priority: 1 })
    expect([queue.status, queue.json.priority]).toEqual([201, 1])
    expect((await api.ask('GET', '/api/v1/work-pools/gpu/queues/urgent')).json.name).toBe('urgent')
    expect((await api.ask('PATCH', '/api/v1/work-pools/gpu/queues/urgent', { concurrency_limit: 1 })).status).toBe(200)
    expect((await api.ask('POST', '/api/v1/work-pools/gpu/queues/urgent/pause')).json.paused).toBe(true)
    expect((await api.ask('POST', '/api/v1/work-pools/gpu/queues/urgent/resume')).json.paused).toBe(false)
    expect((await api.ask('DELETE', '/api/v1/work-pools/gpu/queues/urgent')).status).toBe(204)
    expect((await api.ask('GET', '/api/v1/work-pools?limit=1')).json.next_cursor).not.toBeNull()
    expect((await api.ask('DELETE', '/api/v1/work-pools/gpu')).status).toBe(204)
  })
})

describe('variables', () => {
  test('hold any JSON and are named once', async () => {
    const made = await api.ask('POST', '/api/v1/variables', { name: 'limits', value: { max: [1, null] }, tags: ['x'] })
    expect([made.status, made.json.value]).toEqual([201, { max: [1, null] }])
    expect((await api.ask('POST', '/api/v1/variables', { name: 'limits', value: 1 })).status).toBe(409)
    expect((await api.ask('PATCH', '/api/v1/variables/limits', { value: null })).json.value).toBeNull()
    expect((await api.ask('GET', '/api/v1/variables?tag=x')).json.items).toHaveLength(1)
    expect((await api.ask('PUT', '/api/v1/variables/fresh', { value: 'a' })).status).toBe(201)
    expect((await api.ask('PUT', '/api/v1/variables/fresh', { value: 'b' })).json.value).toBe('b')
    expect((await api.ask('DELETE', '/api/v1/variables/fresh')).status).toBe(204)
    expect((await api.ask('GET', '/api/v1/variables/fresh')).status).toBe(404)
  })

  test('a name that no template could use is refused, also in a path', async () => {
    expect((await api.ask('PUT', '/api/v1/variables/two%20words', { value: 1 })).status).toBe(422)
  })
})

describe('the server itself', () => {
  test('says what it is, and that it is well', async () => {
    expect((await api.ask('GET', '/api/v1/info')).json).toMatchObject({ store: 'SQLite', version: '0.0.0-test' })
    expect((await api.ask('GET', '/healthz')).json.ok).toBe(true)
    const ready = await api.ask('GET', '/readyz')
    expect(ready.json.checks.map(({ name }: { name: string }) => name)).toEqual(['store', 'decide', 'server'])
    expect((await api.ask('GET', '/api/v1/projects')).json.items[0].key).toBe('default')
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
    const { json } = await api.ask('GET', '/api/v1/openapi.json')
    const described = Object.entries(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
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
    const { json, headers } = await api.ask('GET', '/api/v1/schemas/automation.json')
    expect([json.$id, headers.get('content-type')]).toEqual([
      'http://127.0.0.1:4400/api/v1/schemas/automation.json',
      'application/schema+json',
    ])
    expect((await api.ask('GET', '/api/v1/schemas/automaton.json')).json.detail).toContain('did you mean "automation"?')
  })

  test('says at / that the page is not built, where it is not', async () => {
    const { status, text } = await api.ask('GET', '/')
    expect([status, text]).toEqual([200, expect.stringContaining('npm run build')])
  })
})

test('nothing of all this was a bug of ours', () => {
  expect(api.errors).toEqual([])
})
