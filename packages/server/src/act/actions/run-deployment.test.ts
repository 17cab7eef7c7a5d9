import { HOUR } from '@upon/engine'
import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { openWorld, START, type World } from '../../test-world.test-support.ts'

const run = (extra: object) => ({ actions: [{ type: 'run-deployment', deployment: 'vision/inference', ...extra }] })
const EVENT = {
  payload: { n: 41, ratio: 0.5, ok: true, none: null, list: [1, 'a'], deep: { x: { y: 1 } }, text: 'hello' },
  resource: { 'prefect.resource.id': 'order.1', 'prefect.resource.name': 'First', size: '7' },
}

/** One firing of a run-deployment, settled. */
async function fired(w: World, extra: object, event: object = EVENT) {
  await w.deployment({ parameters: { base: 1, n: 0 } })
  await w.automation(run(extra))
  await w.send(event)
  await w.settled()
  const [launch] = await w.launches()
  const [made] = await w.runs()
  return { launch, action: launch?.actions[0], run: made }
}

test('parameters keep the types of the event, and lie over those of the deployment', async () => {
  await using w = await openWorld()
  const { run: made } = await fired(w, {
    parameters: {
      n: '{{ event.payload.n }}',
      ratio: '{{ event.payload.ratio }}',
      ok: '{{ event.payload.ok }}',
      list: ['{{ event.payload.list }}', 'n={{ event.payload.n }}'],
      deep: { inner: '{{ event.payload.deep }}' },
      payload: '{{ event.payload }}',
      size: "{{ event.resource['size'] }}",
      text: '{{ event.payload.text }} {{ event.resource.name }}',
      plain: 5,
    },
  })
  expect(made?.parameters).toEqual({
    base: 1,
    n: 41,
    ratio: 0.5,
    ok: true,
    list: [[1, 'a'], 'n=41'],
    deep: { inner: { x: { y: 1 } } },
    payload: EVENT.payload,
    size: '7',
    text: 'hello First',
    plain: 5,
  })
})

test('the whole event can be a parameter', async () => {
  await using w = await openWorld()
  const { run: made, launch } = await fired(w, { parameters: { event: '{{ event }}' } })
  expect(made?.parameters.event).toMatchObject({
    id: launch?.firing.event?.id,
    event: 'order.placed',
    resource: EVENT.resource,
    payload: EVENT.payload,
  })
})

test('a value that is exactly one undefined expression fails the action with its path, and no run is made', async () => {
  await using w = await openWorld()
  const { run: made, action } = await fired(w, { parameters: { deep: { a: ['{{ event.payload.m }}'] } } })
  expect(made).toBeUndefined()
  expect(action).toMatchObject({
    state: 'failed',
    error: expect.stringContaining('parameters.deep.a[0]: event.payload.m is undefined'),
    result: { template_error: 'template_undefined', template_source: '{{ event.payload.m }}' },
  })
})

test('a name the context does not have is undefined, and so is an object the event does not involve', async () => {
  await using w = await openWorld()
  const { launch, run: made } = await fired(w, {
    parameters: { a: 'x{{ nobody }}', b: 'y{{ flow_run.name }}', c: "{{ flow_run | default('none') }}" },
  })
  expect(made?.parameters).toMatchObject({ a: 'x', b: 'y', c: 'none' })
  expect(launch?.warnings).toEqual([expect.stringContaining('nobody'), expect.stringContaining('flow_run.name')])
})

test('inside longer text what is undefined renders empty, with a warning on the launch', async () => {
  await using w = await openWorld()
  const { launch, action, run: made } = await fired(w, { parameters: { text: 'got [{{ event.payload.m }}]' } })
  expect(made?.parameters.text).toBe('got []')
  const warning = 'parameters.text: event.payload.m is undefined and was left empty'
  expect([launch?.warnings, action?.warnings]).toEqual([[warning], [warning]])
})

test('variables and the objects the event involves can be read', async () => {
  await using w = await openWorld()
  await w.define.putVariable(w.scope, { name: 'region', value: { code: 'eu' }, tags: [] })
  const deployment = await w.deployment({ flow_name: 'other', name: 'source' })
  const { run: made } = await fired(
    w,
    {
      parameters: {
        region: '{{ variables.region.code }}',
        variable: { __prefect_kind: 'workspace_variable', variable_name: 'region' },
        from: '{{ deployment.name }}',
        by: '{{ automation.name }}',
      },
    },
    { resource: { 'prefect.resource.id': `prefect.deployment.${deployment.id}` } },
  )
  expect(made?.parameters).toMatchObject({ region: 'eu', variable: { code: 'eu' }, from: 'source', by: 'watch' })
})

test('job variables are passed on as they are given, over those of the deployment', async () => {
  await using w = await openWorld()
  await w.deployment({ job_variables: { env: { A: '1', B: '1' }, cpu: 1 } })
  await w.automation(run({ job_variables: { env: { B: '{{ event.id }}' } } }))
  await w.send({})
  await w.settled()
  expect((await w.runs())[0]?.jobVariables).toEqual({ env: { A: '1', B: '{{ event.id }}' }, cpu: 1 })
})

test.each([
  [0, 0],
  [90, 90_000_000],
  ['1h', HOUR],
  ['PT1H', HOUR],
  ['01:00:00', HOUR],
  ['1h 30m', 1.5 * HOUR],
])('schedule_after %j lets the run start so much later', async (scheduleAfter, micros) => {
  await using w = await openWorld()
  const { run: made } = await fired(w, { schedule_after: scheduleAfter })
  expect([made?.state.name, made?.scheduledAt]).toEqual(['Scheduled', START + micros])
  const pool = 'pool'
  expect([pool, await w.store.read.runs.nextScheduled(START)]).toEqual([pool, micros === 0 ? null : START + micros])
})

test('the run knows the launch, the event and the automation it comes from, and continues their chain', async () => {
  await using w = await openWorld()
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const { run: made, launch, action } = await fired(w, {}, { ...EVENT, traceparent })
  expect(made).toMatchObject({
    launchId: launch?.id,
    actionIndex: 0,
    automationKey: 'watch',
    eventId: launch?.firing.event?.id,
    idempotencyKey: action?.idempotencyKey,
    createdBy: 'automation watch',
    depth: 1,
    rootId: launch?.firing.event?.id,
    traceparent,
  })
  expect(action?.result).toEqual({ run_id: made?.id, run_name: made?.name })
})

test('a deployment deleted meanwhile fails the action in words', async () => {
  await using w = await openWorld()
  const { id } = await w.deployment()
  await w.automation({ actions: [{ type: 'run-deployment', deployment_id: id }] })
  await w.define.removeDeployment(w.scope, id)
  await w.send({})
  await w.settled()
  expect((await w.launches())[0]).toMatchObject({
    state: 'failed',
    actions: [{ error: `deployment "${id}" does not exist` }],
  })
})

test('a deployment deleted between its look-up and the commit fails the action in words, too', async () => {
  let remove = async () => {}
  await using w = await openWorld({
    wrap: (store) => ({
      ...store,
      async transaction(work) {
        const before = remove
        remove = async () => {}
        await before()
        return store.transaction(work)
      },
    }),
  })
  await w.deployment()
  await w.automation(run({}))
  remove = () => w.define.removeDeployment(w.scope, 'vision/inference')
  await w.send({})
  await w.settled()
  const [launch] = await w.launches()
  expect(launch?.actions[0]).toMatchObject({ state: 'failed', error: 'deployment "vision/inference" was deleted' })
  const [failed] = await w.events({ names: ['prefect.automation.action.failed'] })
  expect(failed?.related[0]).toMatchObject({ 'prefect.resource.role': 'target' })
})

test('parameters that the schema of the deployment refuses fail the action with a problem for each', async () => {
  await using w = await openWorld()
  await w.deployment({
    enforce_parameter_schema: true,
    parameter_schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
  })
  await w.automation(run({ parameters: { n: '{{ event.payload.text }}' } }))
  await w.send(EVENT)
  await w.settled()
  const [action] = (await w.launches())[0]?.actions ?? []
  expect(action).toMatchObject({
    state: 'failed',
    result: { validation_error: expect.stringMatching(/^parameters\.n: /) },
  })
  expect(action?.error).toContain('do not fit the schema of deployment "vision/inference"')
})

test('pausing a deployment stops its schedules only: an action still runs it', async () => {
  await using w = await openWorld()
  await w.deployment()
  await w.automation(run({}))
  await w.define.patchDeployment(w.scope, 'vision/inference', { paused: true }, {})
  await w.send({})
  await w.settled()
  expect(await w.runs()).toHaveLength(1)
})

test('an inferred target is the first deployment the event involves', async () => {
  await using w = await openWorld()
  const first = await w.deployment()
  const second = await w.deployment({ name: 'second' })
  await w.automation({ actions: [{ type: 'run-deployment', source: 'inferred' }] })
  const related = [first, second].map(({ id }) => ({
    'prefect.resource.id': `prefect.deployment.${id}`,
    'prefect.resource.role': 'deployment',
  }))
  await w.send({ related })
  await w.settled()
  expect((await w.runs()).map(({ deploymentId }) => deploymentId)).toEqual([first.id])
})

test.each([
  ['none', 'No deployment could be inferred', 'order.1'],
  ['another kind', 'No deployment could be inferred', `prefect.deployment.x.${newId()}`],
  ['no id', 'No deployment could be inferred', 'prefect.deployment.mine'],
])('with %s to infer the deployment from, the action fails', async (_case, message, id) => {
  await using w = await openWorld()
  await w.automation({ actions: [{ type: 'run-deployment', source: 'inferred' }] })
  await w.send({ resource: { 'prefect.resource.id': id } })
  await w.settled()
  expect((await w.launches())[0]?.actions[0]).toMatchObject({ state: 'failed', error: message })
})
