import { automationInputSchema } from '@upon/sdk'
import { expect, test } from 'vitest'
import { openWorld, type World } from '../test-world.test-support.ts'

const input = (extra: object = {}) =>
  automationInputSchema.parse({
    key: 'watch',
    trigger: { expect: ['order.placed'], match: { shop: ['a', 'b'], size: 'big' } },
    actions: [{ type: 'do-nothing' }],
    ...extra,
  })

/** What the log says about automations, oldest first. */
async function entries({ store }: World): Promise<readonly (number | null)[]> {
  const all = await store.log.read(0, 1_000)
  return all.flatMap((entry) => (entry.kind === 'automation' ? [entry.version?.version ?? null] : []))
}

const versions = async ({ store, project }: World, id: string) =>
  (await store.read.automations.versions(project, id, { limit: 200, cursor: null })).items.map(({ version }) => version)

test('each save is an immutable version that is in the log before the answer', async () => {
  await using w = await openWorld()
  const { id } = await w.define.createAutomation(w.scope, input())
  expect(await entries(w)).toEqual([1])
  const { row, change } = await w.define.replaceAutomation(w.scope, 'watch', input({ description: 'new' }), {})
  expect([row.id, row.version, change]).toEqual([id, 2, 'updated'])
  expect(await entries(w)).toEqual([1, 2])
  await w.define.removeAutomation(w.scope, 'watch')
  expect(await entries(w)).toEqual([1, 2, null])
  expect(await versions(w, id)).toEqual([2, 1])
  expect((await w.store.read.automations.version(w.project, id, 1))?.description).toBe('')
  expect((await w.audit(id)).map(({ action, actor, detail }) => [action, actor, detail])).toEqual([
    ['automation.removed', 'local', { key: 'watch', version: 2 }],
    ['automation.updated', 'local', { key: 'watch', version: 2 }],
    ['automation.created', 'local', { key: 'watch', version: 1 }],
  ])
})

test('a save that says the same changes nothing, in whatever order it is written', async () => {
  await using w = await openWorld()
  const { id } = await w.define.createAutomation(w.scope, input())
  const trigger = { match: { size: 'big', shop: ['a', 'b'] }, expect: ['order.placed'] }
  const saved = await w.define.replaceAutomation(w.scope, 'watch', input({ trigger }), {})
  expect([saved.change, saved.row.version]).toEqual(['unchanged', 1])
  expect(await entries(w)).toEqual([1])
  expect(await versions(w, id)).toEqual([1])
  expect(await w.audit(id)).toHaveLength(1)
})

test('a key is taken once; one made from a name gives way', async () => {
  await using w = await openWorld()
  await w.define.createAutomation(w.scope, input({ key: 'watch-orders' }))
  await expect(w.define.createAutomation(w.scope, input({ key: 'watch-orders' }))).rejects.toMatchObject({
    code: 'conflict',
    message: 'an automation with the key "watch-orders" exists',
  })
  const named = () => w.define.createAutomation(w.scope, input({ key: undefined, name: 'Watch Orders!' }))
  expect([(await named()).key, (await named()).key]).toEqual(['watch-orders-2', 'watch-orders-3'])
  const long = () => w.define.createAutomation(w.scope, input({ key: undefined, name: 'x'.repeat(255) }))
  expect([(await long()).key.length, (await long()).key]).toEqual([255, `${'x'.repeat(253)}-2`])
  const other = await w.define.createAutomation(w.scope, input({ key: undefined, name: '时间' }))
  expect(other.key).toBe('automation')
})

test('a replacement under a key that is free creates, and never touches one that only has it as its name', async () => {
  await using w = await openWorld()
  const first = await w.define.createAutomation(w.scope, input({ key: 'one', name: 'two' }))
  const { row, change } = await w.define.replaceAutomation(w.scope, 'two', input({ key: 'two' }), {})
  expect([change, row.id === first.id]).toEqual(['created', false])
  await expect(w.define.replaceAutomation(w.scope, 'three', input({ key: 'four' }), {})).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(w.define.replaceAutomation(w.scope, 'one', input({ key: 'two' }), {})).rejects.toMatchObject({
    code: 'conflict',
  })
})

test('an automation is named by its name, too, and a replacement without a key keeps the one it has', async () => {
  await using w = await openWorld()
  const { id } = await w.define.createAutomation(w.scope, input({ name: 'Watch all' }))
  const replaced = await w.define.replaceAutomation(w.scope, 'Watch all', input({ key: undefined, name: 'New' }), {})
  expect([replaced.row.id, replaced.row.key, replaced.row.name]).toEqual([id, 'watch', 'New'])
})

test('a change of a version that is no longer in force is refused', async () => {
  await using w = await openWorld()
  await w.define.createAutomation(w.scope, input())
  await w.define.patchAutomation(w.scope, 'watch', { name: 'New' }, { ifMatch: 1 })
  const stale = { code: 'precondition_failed', message: expect.stringContaining('is at version 2, not at 1') }
  await expect(w.define.patchAutomation(w.scope, 'watch', { name: 'Old' }, { ifMatch: 1 })).rejects.toMatchObject(stale)
  await expect(w.define.replaceAutomation(w.scope, 'watch', input(), { ifMatch: 1 })).rejects.toMatchObject(stale)
  await expect(
    w.define.replaceAutomation(w.scope, 'fresh', input({ key: 'fresh' }), { ifMatch: 1 }),
  ).rejects.toMatchObject({ code: 'precondition_failed', message: expect.stringContaining('does not exist') })
  expect(await entries(w)).toEqual([1, 2])
})

test('disabling and enabling are versions; disabling twice is one', async () => {
  await using w = await openWorld()
  await w.define.createAutomation(w.scope, input())
  for (const enabled of [false, false, true]) await w.define.patchAutomation(w.scope, 'watch', { enabled }, {})
  expect(await entries(w)).toEqual([1, 2, 3])
})

test('an automation may name itself before it exists', async () => {
  await using w = await openWorld()
  const actions = [{ type: 'pause-automation', automation: 'watch' }]
  await expect(w.define.createAutomation(w.scope, input({ actions }))).resolves.toMatchObject({ version: 1 })
})

test('templates that cannot be read are all refused at the save, each with its path, and nothing is kept', async () => {
  await using w = await openWorld()
  const { id } = await w.deployment()
  const actions = [
    { type: 'run-deployment', deployment_id: id, parameters: { a: [{ b: '{{ event.' }] } },
    { type: 'call-webhook', url: 'http://x/{{ }}', json: { c: ['{% if %}'] } },
  ]
  const actions_on_trigger = [
    { type: 'emit-event', event: '{{ a b }}', resource: { 'prefect.resource.id': 'x' }, payload: { d: '{% for %}' } },
  ]
  const saved = w.define.createAutomation(w.scope, input({ actions, actions_on_trigger }))
  await expect(saved).rejects.toMatchObject({
    code: 'invalid',
    problems: [
      { path: 'actions[0].parameters.a[0].b', found: '{{ event.' },
      { path: 'actions[1].url' },
      { path: 'actions[1].json.c[0]', message: expect.stringContaining('is not a valid template: line 1, column') },
      { path: 'actions_on_trigger[0].event' },
      { path: 'actions_on_trigger[0].payload.d' },
    ],
  })
  expect(await entries(w)).toEqual([])
})

test('objects that actions name have to exist, and a typo is told what was meant', async () => {
  await using w = await openWorld()
  await w.deployment()
  await w.define.createAutomation(w.scope, input({ key: 'other' }))
  const actions = [
    { type: 'run-deployment', deployment: 'vision/inferense' },
    { type: 'pause-automation', automation: 'othr' },
    { type: 'resume-deployment', deployment_id: '00000000-0000-4000-8000-000000000000' },
    { type: 'run-deployment', source: 'inferred' },
  ]
  await expect(w.define.createAutomation(w.scope, input({ actions }))).rejects.toMatchObject({
    problems: [
      {
        path: 'actions[0].deployment',
        message: 'there is no deployment "vision/inferense"',
        suggestion: 'vision/inference',
      },
      { path: 'actions[1].automation', suggestion: 'other' },
      { path: 'actions[2].deployment_id', found: '00000000-0000-4000-8000-000000000000' },
    ],
  })
})

test('what is valid and probably not meant is told as a warning', async () => {
  await using w = await openWorld()
  const row = await w.define.createAutomation(w.scope, input({ trigger: { expect: ['a'], threshold: 3 } }))
  expect(w.define.warnings(row).map(({ code, path }) => [code, path])).toEqual([['no-window', 'trigger.within']])
})

test('automations of another project are not seen', async () => {
  await using w = await openWorld()
  await w.define.createAutomation(w.scope, input())
  const other = {
    project: (await w.define.createProject('local', { key: 'other', description: '' })).id,
    actor: 'local',
  }
  await expect(w.define.removeAutomation(other, 'watch')).rejects.toMatchObject({ code: 'not_found' })
  await expect(w.define.createAutomation(other, input())).resolves.toMatchObject({ version: 1 })
})
