import { expect, test } from 'vitest'
import { createRun, type NewRun } from './create-run.ts'
import { type RunPlace, runPlace } from './run-place.test-support.ts'

const LAUNCH = '7c1f1df0-0000-4000-8000-000000000001'
const AUTOMATION = '7c1f1df0-0000-4000-8000-000000000002'
const ROOT = '7c1f1df0-0000-4000-8000-000000000003'

async function launched(place: RunPlace, values?: Partial<NewRun>): Promise<NewRun> {
  const now = place.clock.now()
  return {
    project: place.project,
    deployment: await place.deploy(),
    parameters: {},
    jobVariables: {},
    tags: [],
    scheduledAt: now,
    now,
    launchId: LAUNCH,
    actionIndex: 0,
    automationId: AUTOMATION,
    automationKey: 'on-ping',
    automationName: 'On ping',
    eventId: ROOT,
    createdBy: 'automation on-ping',
    idempotencyKey: null,
    depth: 3,
    rootId: ROOT,
    rootReceived: now - 5,
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    ...values,
  }
}

test('an action of a launch creates its run once, with the same id whoever asks again', async () => {
  await using place = await runPlace()
  const input = await launched(place)
  const first = await place.store.transaction((tx) => createRun(tx, input))
  const again = await place.store.transaction((tx) => createRun(tx, { ...input, parameters: { n: 2 } }))
  expect(first.created).toBe(true)
  expect(again).toEqual({ run: first.run, created: false })
  const other = await place.store.transaction((tx) => createRun(tx, { ...input, actionIndex: 1 }))
  expect(other.run.id).not.toBe(first.run.id)
})

test('the event of a launched run names the automation as its creator and carries on the causal chain', async () => {
  await using place = await runPlace()
  const input = await launched(place)
  const { run } = await place.store.transaction((tx) => createRun(tx, input))
  const [event] = await place.events()
  expect(event).toMatchObject({
    id: run.state.id,
    source: 'upon',
    event: 'prefect.flow-run.Scheduled',
    follows: null,
    depth: 3,
    rootId: ROOT,
    rootReceived: input.rootReceived,
    traceparent: input.traceparent,
    payload: { intended: { from: null, to: 'SCHEDULED' }, initial_state: null },
  })
  expect(event?.related.at(-1)).toEqual({
    'prefect.resource.id': `prefect.automation.${AUTOMATION}`,
    'prefect.resource.name': 'On ping',
    'prefect.resource.role': 'creator',
  })
})
