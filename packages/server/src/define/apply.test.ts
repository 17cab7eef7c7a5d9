import { applyInputSchema } from '@upon/sdk'
import { expect, test } from 'vitest'
import { openWorld, type World } from '../test-world.test-support.ts'

const document = (key: string, extra: object = {}) => ({
  key,
  trigger: { expect: ['order.placed'], match: { shop: 'a' } },
  actions: [{ type: 'do-nothing' }],
  ...extra,
})

const apply = (w: World, documents: readonly object[], options: object = {}) =>
  w.define.apply(w.scope, applyInputSchema.parse({ documents, ...options }))

const said = (changes: Awaited<ReturnType<typeof apply>>) => changes.map(({ key, change }) => `${change} ${key}`)

const head = async (w: World) => (await w.store.log.head()).position

test('documents create, update and leave alone, and say so', async () => {
  await using w = await openWorld()
  expect(said(await apply(w, [document('a'), document('b')]))).toEqual(['created a', 'created b'])
  const changes = await apply(w, [document('b', { enabled: false, tags: ['x'] }), document('a'), document('c')])
  expect(said(changes)).toEqual(['updated b', 'unchanged a', 'created c'])
  expect(changes[0]?.diff).toEqual([
    { path: 'tags', from: [], to: ['x'] },
    { path: 'enabled', from: true, to: false },
  ])
  expect(changes[1]).not.toHaveProperty('diff')
})

test('an updated automation differs leaf by leaf', async () => {
  await using w = await openWorld()
  await apply(w, [document('a')])
  const trigger = { expect: ['order.placed'], match: { shop: 'b', size: '1' }, within: 60, threshold: 2 }
  const [change] = await apply(w, [document('a', { trigger, actions: [{ type: 'do-nothing', name: 'nothing' }] })])
  expect(Object.fromEntries(change?.diff?.map(({ path, from, to }) => [path, [from, to]]) ?? [])).toEqual({
    'trigger.match.shop': ['a', 'b'],
    'trigger.match.size': [undefined, '1'],
    'trigger.within': [0, 60],
    'trigger.threshold': [1, 2],
    'actions[0].name': [undefined, 'nothing'],
  })
})

test('applying an export changes nothing', async () => {
  await using w = await openWorld()
  const { id } = await w.deployment()
  const emit = { type: 'emit-event', event: 'x', resource: { 'prefect.resource.id': 'x' }, payload: { b: 1, a: [2] } }
  const call = {
    type: 'call-webhook',
    url: 'http://x',
    json: { a: '{{ event.id }}' },
    retry: { attempts: 2, delay: '1m' },
  }
  const run = { type: 'run-deployment', deployment_id: id, schedule_after: '1h', parameters: { a: '{{ event }}' } }
  await apply(w, [
    document('a', { actions: [emit, call, run], actions_on_trigger: [{ type: 'do-nothing' }], tags: ['t'] }),
    document('b', {
      name: 'B',
      enabled: false,
      trigger: {
        after: ['a', 'b'],
        expect: [],
        for_each: ['x', 'related:role:y'],
        within: '1h',
        match_related: [{ a: 'b' }],
      },
    }),
  ])
  const before = await head(w)
  const exported = await w.define.exportAll(w.scope)
  expect(exported.map(({ key }) => key)).toEqual(['a', 'b'])
  expect(said(await apply(w, JSON.parse(JSON.stringify(exported)), { prune: true }))).toEqual([
    'unchanged a',
    'unchanged b',
  ])
  expect(await head(w)).toBe(before)
})

test('pruning removes what is in no document, except what something owns', async () => {
  await using w = await openWorld()
  await w.deploy({ deployments: [{ flow_name: 'f', name: 'd', triggers: [{ expect: ['x'], match: { a: 'b' } }] }] })
  await apply(w, [document('a'), document('b')])
  expect(said(await apply(w, [document('b')]))).toEqual(['unchanged b'])
  expect(said(await apply(w, [document('b')], { prune: true }))).toEqual(['unchanged b', 'removed a'])
  const left = await w.store.read.automations.all({ project: w.project })
  expect(left.map(({ key }) => key)).toEqual(['d__automation_1', 'b'])
})

test('an automation that something owns is refused, and then nothing of the request is kept', async () => {
  await using w = await openWorld()
  await w.deploy({ deployments: [{ flow_name: 'f', name: 'd', triggers: [{ expect: ['x'], match: { a: 'b' } }] }] })
  const [owned] = await w.store.read.automations.all({ project: w.project })
  await expect(apply(w, [document('a'), document(owned?.key ?? '')])).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`belongs to ${owned?.owner}`),
  })
  expect(await w.define.exportAll(w.scope)).toEqual([])
})

test('a dry run says the same and leaves nothing', async () => {
  await using w = await openWorld()
  await apply(w, [document('a'), document('b')])
  const before = await head(w)
  const request = [document('b', { description: 'new' }), document('c')]
  const dry = await apply(w, request, { prune: true, dry_run: true })
  expect(said(dry)).toEqual(['updated b', 'created c', 'removed a'])
  expect((await w.define.exportAll(w.scope)).map(({ key, description }) => [key, description])).toEqual([
    ['a', ''],
    ['b', ''],
  ])
  await w.settled()
  expect(await head(w)).toBe(before)
  expect(await apply(w, request, { prune: true })).toEqual(dry)
})

test('documents may name each other, and what is wrong is told for each of them', async () => {
  await using w = await openWorld()
  const pause = (automation: string) => ({ actions: [{ type: 'pause-automation', automation }] })
  expect(said(await apply(w, [document('a', pause('b')), document('b', pause('a'))]))).toEqual([
    'created a',
    'created b',
  ])
  await expect(
    apply(w, [
      document('c', pause('d')),
      document('e', { actions: [{ type: 'call-webhook', url: '{{' }] }),
      document('c'),
    ]),
  ).rejects.toMatchObject({
    code: 'invalid',
    problems: [
      { path: 'documents[2].key', message: 'another document has the key "c", too' },
      { path: 'documents[0].actions[0].automation' },
      { path: 'documents[1].actions[0].url' },
    ],
  })
  expect((await w.define.exportAll(w.scope)).map(({ key }) => key)).toEqual(['a', 'b'])
})
