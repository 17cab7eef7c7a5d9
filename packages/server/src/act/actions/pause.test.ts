import { expect, test } from 'vitest'
import { openWorld, type World } from '../../test-world.test-support.ts'

const on = (name: string, action: object) => ({ key: name, trigger: { expect: [name] }, actions: [action] })

async function outcome(w: World, name: string) {
  const launch = (await w.launches()).findLast(({ automationKey }) => automationKey === name)
  return launch?.actions[0]
}

test('an automation pauses and resumes another: events count only while it is enabled', async () => {
  await using w = await openWorld()
  const watch = await w.automation({ actions: [{ type: 'do-nothing' }] })
  await w.automation(on('off', { type: 'pause-automation', automation: 'watch' }))
  await w.automation(on('on', { type: 'resume-automation', automation_id: watch.id }))
  for (const event of ['order.placed', 'off', 'order.placed', 'on', 'order.placed']) {
    await w.send({ event })
    await w.settled()
  }
  const fired = (await w.launches()).filter(({ automationKey }) => automationKey === 'watch')
  expect(fired.map(({ version }) => version)).toEqual([1, 3])
  expect(await outcome(w, 'off')).toMatchObject({ result: { automation_id: watch.id, enabled: false } })
  expect((await w.audit(watch.id)).map(({ action, actor }) => [action, actor])).toEqual([
    ['automation.enabled', 'automation on'],
    ['automation.disabled', 'automation off'],
    ['automation.created', 'local'],
  ])
})

test('an automation may pause itself, and pausing what is paused changes nothing', async () => {
  await using w = await openWorld()
  const once = await w.automation(on('once', { type: 'pause-automation', automation: 'once' }))
  await w.automation(on('again', { type: 'pause-automation', automation: 'once' }))
  await w.send({ event: 'once' })
  await w.settled()
  await w.send({ event: 'once' }, { event: 'again' })
  await w.settled()
  expect((await w.launches()).map(({ automationKey, state }) => [automationKey, state])).toEqual([
    ['once', 'succeeded'],
    ['again', 'succeeded'],
  ])
  expect((await w.store.read.automations.find(w.project, once.id))?.version).toBe(2)
})

test('a deployment is paused and resumed, with a row in the audit for each change', async () => {
  await using w = await openWorld()
  const { id } = await w.deployment()
  await w.automation(on('off', { type: 'pause-deployment', deployment: 'vision/inference' }))
  await w.automation(on('on', { type: 'resume-deployment', source: 'inferred' }))
  await w.send({ event: 'off' })
  await w.settled()
  expect((await w.store.read.deployments.find(w.project, id))?.paused).toBe(true)
  await w.send({ event: 'off' }, { event: 'on', resource: { 'prefect.resource.id': `prefect.deployment.${id}` } })
  await w.settled()
  expect((await w.store.read.deployments.find(w.project, id))?.paused).toBe(false)
  expect((await w.audit(id)).map(({ action }) => action)).toEqual([
    'deployment.resumed',
    'deployment.paused',
    'deployment.created',
  ])
})

test('the target is named on the events of the action', async () => {
  await using w = await openWorld()
  const { id } = await w.automation(on('once', { type: 'pause-automation', source: 'inferred' }))
  await w.send({ event: 'once', resource: { 'prefect.resource.id': `prefect.automation.${id}` } })
  await w.settled()
  const [executed] = await w.events({ names: ['prefect.automation.action.executed'] })
  expect(executed?.related[0]).toEqual({
    'prefect.resource.id': `prefect.automation.${id}`,
    'prefect.resource.name': 'once',
    'prefect.resource.role': 'target',
  })
})

test.each([
  ['pause-automation', 'No automation could be inferred'],
  ['resume-automation', 'No automation could be inferred'],
  ['pause-deployment', 'No deployment could be inferred'],
  ['resume-deployment', 'No deployment could be inferred'],
])('%s without anything to infer from fails', async (type, message) => {
  await using w = await openWorld()
  await w.automation(on('off', { type, source: 'inferred' }))
  await w.send({ event: 'off' })
  await w.settled()
  expect(await outcome(w, 'off')).toMatchObject({ state: 'failed', error: message })
})

test('what was deleted meanwhile cannot be paused', async () => {
  await using w = await openWorld()
  await w.automation({ key: 'gone' })
  await w.automation(on('off', { type: 'pause-automation', automation: 'gone' }))
  await w.define.removeAutomation(w.scope, 'gone')
  await w.send({ event: 'off' })
  await w.settled()
  expect(await outcome(w, 'off')).toMatchObject({ state: 'failed', error: 'automation "gone" does not exist' })
})
