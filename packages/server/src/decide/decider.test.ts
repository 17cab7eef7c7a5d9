import { automationInputSchema } from '@upon/sdk'
import { expect, test } from 'vitest'
import { freshDirectory, openWorld } from '../test-world.test-support.ts'

/** The launches are what the decider leaves behind, so nothing here carries them out. */
const world = (directory?: string) => openWorld({ dispatch: false, ...(directory !== undefined && { directory }) })

const watch = (trigger: object) => ({ trigger, actions: [{ type: 'do-nothing' }] })

test('an event that matches becomes one launch that names its automation version', async () => {
  await using w = await world()
  await w.automation(watch({ expect: ['order.placed'] }))
  const [id] = await w.send({}, { event: 'order.paid' })
  const launches = await w.launches()
  expect(
    launches.map(({ automationKey, version, state, firing }) => [automationKey, version, state, firing.event?.id]),
  ).toEqual([['watch', 1, 'pending', id]])
})

test('an automation is in force for the first event after its save was answered, and out of force after its removal', async () => {
  await using w = await world()
  await w.send({})
  await w.automation(watch({ expect: ['order.placed'] }))
  const [first] = await w.send({})
  await w.define.removeAutomation(w.scope, 'watch')
  await w.send({})
  expect((await w.launches()).map(({ firing }) => firing.event?.id)).toEqual([first])
})

test('a window half counted continues after a restart, and a decided event is not decided again', async () => {
  using directory = freshDirectory()
  {
    await using w = await world(directory.path)
    const trigger = { expect: ['order.placed'], threshold: 3, within: 3600 }
    await w.automation(watch(trigger))
    await w.send({}, {})
  }
  await using w = await world(directory.path)
  expect(await w.launches()).toEqual([])
  await w.send({})
  expect(await w.launches()).toHaveLength(1)
})

test('disabling keeps events from counting, and enabling an unchanged trigger again keeps what was counted', async () => {
  await using w = await world()
  await w.automation(watch({ expect: ['order.placed'], threshold: 3, within: 3600 }))
  await w.send({}, {})
  await w.define.patchAutomation(w.scope, 'watch', { enabled: false }, {})
  await w.send({}, {})
  await w.define.patchAutomation(w.scope, 'watch', { enabled: true }, {})
  expect(await w.launches()).toEqual([])
  await w.send({})
  expect(await w.launches()).toHaveLength(1)
})

test('an automation that launches itself through its own firing event is stopped by the loop brake, visibly', async () => {
  await using w = await world()
  await w.automation(watch({ expect: ['order.placed', 'prefect.automation.triggered', 'upon.launch.refused'] }))
  await w.send({})
  await w.settled()
  const launches = await w.launches()
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
  const input = automationInputSchema.parse({ key: 'watch', ...watch({ expect: ['order.placed'] }) })
  await w.define.createAutomation({ project: other.id, actor: 'local' }, input)
  await w.send({})
  const launches = await w.store.read.launches.list({ project: other.id }, { limit: 10, cursor: null })
  expect(launches.items).toEqual([])
})
