import { MINUTE, SECOND } from '@upon/engine'
import { expect, test } from 'vitest'
import { firingEventId } from '../decide/firing-event.ts'
import { openWorld, START } from '../test-world.test-support.ts'
import { openSink, statuses } from './http-sink.test-support.ts'

const ACTION_EVENTS = ['prefect.automation.action.*']
const DO_NOTHING = { actions: [{ type: 'do-nothing' }] }

test('a firing tells of itself with its labels and the event that triggered it', async () => {
  await using w = await openWorld()
  const automation = await w.automation({
    ...DO_NOTHING,
    name: 'Watch orders',
    trigger: { expect: ['order.placed'], for_each: ['shop'] },
  })
  const resource = { 'prefect.resource.id': 'order.1', shop: 'berlin' }
  const [id] = await w.send({ resource, payload: { n: 41 } })
  await w.settled()
  const [triggered] = await w.events({ names: ['prefect.automation.triggered'] })
  const [launch] = await w.launches()
  expect(triggered).toMatchObject({
    id: firingEventId(launch?.id ?? ''),
    depth: 1,
    rootId: id,
    occurred: launch?.firing.at,
    resource: {
      'prefect.resource.id': `prefect.automation.${automation.id}`,
      'prefect.resource.name': 'Watch orders',
      'prefect.trigger-type': 'event',
      'prefect.posture': 'Reactive',
    },
    related: [{ 'prefect.resource.id': `prefect.event.${id}`, 'prefect.resource.role': 'triggering-event' }],
    payload: {
      triggering_labels: { shop: 'berlin' },
      triggering_event: { id, event: 'order.placed', resource, payload: { n: 41 } },
    },
  })
})

test('an action that was done tells of its beginning and its end, in a chain after the triggering event', async () => {
  await using w = await openWorld()
  const deployment = await w.deployment()
  const automation = await w.automation({
    name: 'Watch orders',
    actions: [{ type: 'do-nothing' }, { type: 'run-deployment', deployment_id: deployment.id }],
  })
  const [id] = await w.send({})
  await w.settled()
  const [launch] = await w.launches()
  const [run] = await w.runs()
  const told = (await w.events({ names: ACTION_EVENTS })).filter(({ payload }) => payload.action_index === 1)
  expect(told.map(({ event }) => event)).toEqual([
    'prefect.automation.action.triggered',
    'prefect.automation.action.executed',
  ])
  const [triggered, executed] = told
  expect([triggered?.follows, executed?.follows]).toEqual([id, triggered?.id])
  expect(triggered?.occurred).toBe(launch?.firing.at)
  expect(triggered?.payload).toEqual({
    action_index: 1,
    action_type: 'run-deployment',
    invocation: executed?.payload.invocation,
    launch_id: launch?.id,
  })
  expect(executed?.payload).toMatchObject({ run_id: run?.id, run_name: run?.name })
  expect(executed?.resource).toEqual({
    'prefect.resource.id': `prefect.automation.${automation.id}`,
    'prefect.resource.name': 'Watch orders',
    'prefect.trigger-type': 'event',
    'prefect.posture': 'Reactive',
  })
  const resource = (resourceId: string, role: string, name?: string) => ({
    'prefect.resource.id': resourceId,
    'prefect.resource.role': role,
    ...(name === undefined ? {} : { 'prefect.resource.name': name }),
  })
  expect(executed?.related).toEqual([
    resource(`prefect.deployment.${deployment.id}`, 'target', 'inference'),
    resource(`prefect.flow-run.${run?.id}`, 'flow-run', run?.name),
    resource(`prefect.event.${firingEventId(launch?.id ?? '')}`, 'automation-triggered-event'),
    resource(`prefect.event.${id}`, 'triggering-event'),
  ])
})

test('an action that failed says why, once, after its last attempt', async () => {
  await using sink = await openSink(statuses(500))
  await using w = await openWorld({ allowOutgoing: ['127.0.0.0/8'] })
  await w.automation({ actions: [{ type: 'call-webhook', url: sink.url, retry: { attempts: 1 } }] })
  await w.send({})
  await w.settled()
  expect(await w.events({ names: ACTION_EVENTS })).toEqual([])
  await w.advance(SECOND)
  const [triggered, failed, ...rest] = await w.events({ names: ACTION_EVENTS })
  expect([triggered?.event, failed?.event, rest]).toEqual([
    'prefect.automation.action.triggered',
    'prefect.automation.action.failed',
    [],
  ])
  expect(failed?.payload).toMatchObject({
    action_type: 'call-webhook',
    status_code: 500,
    response_body: 'answer 1',
    reason: `Webhook call failed: ${sink.url} answered 500`,
  })
  expect(failed?.occurred).toBe(START + SECOND)
})

test('events more than five minutes apart are not chained', async () => {
  await using w = await openWorld()
  await w.automation(DO_NOTHING)
  await w.send({ occurred: START - 5 * MINUTE })
  const [id] = await w.send({ occurred: START - 5 * MINUTE + SECOND })
  await w.settled()
  const triggered = await w.events({ names: ['prefect.automation.action.triggered'] })
  expect(triggered.map(({ follows }) => follows)).toEqual([null, id])
})
