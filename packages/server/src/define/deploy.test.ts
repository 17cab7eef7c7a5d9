import { expect, test } from 'vitest'
import { changeState } from '../run/change-state.ts'
import type { RunRow } from '../store/run-table.ts'
import { openWorld, type World } from '../test-world.test-support.ts'

const trigger = (extra: object = {}) => ({ expect: ['order.placed'], match: { shop: 'a' }, ...extra })
const item = (extra: object = {}) => ({ flow_name: 'vision', name: 'inference', command: 'true', ...extra })
const ORDER = { resource: { 'prefect.resource.id': 'order.1', shop: 'a' } }

const deploy = (w: World, ...deployments: object[]) => w.deploy({ deployments })

const said = ({ deployments, workPools, automations }: Awaited<ReturnType<typeof deploy>>) => [
  ...workPools.map(({ name, type, change }) => `${change} pool ${name} (${type})`),
  ...deployments.map(({ row, change }) => `${change} ${row.flowName}/${row.name}`),
  ...automations.map(({ row, change }) => `${change} ${row.name}`),
]

const automations = (w: World) => w.store.read.automations.all({ project: w.project })

/** Nothing in the store that a deploy could have left. */
async function nothing(w: World): Promise<void> {
  await w.settled()
  expect(await automations(w)).toEqual([])
  expect(await w.store.read.workPools.list(w.project)).toEqual([])
  expect(await w.store.read.deployments.count({ project: w.project })).toBe(0)
  expect((await w.store.read.deployments.listFlows(w.project, { limit: 10, cursor: null })).items).toEqual([])
  expect(await w.store.log.head()).toMatchObject({ position: 0 })
}

test('a deploy creates the pool, the flow, the deployment and one automation for each trigger', async () => {
  await using w = await openWorld()
  const report = await deploy(w, item({ work_pool: 'gpu', triggers: [trigger(), trigger({ name: 'On order' })] }))
  expect(said(report)).toEqual([
    'created pool gpu (process)',
    'created vision/inference',
    'created inference__automation_1',
    'created On order',
  ])
  const [deployment] = report.deployments
  const [first, second] = await automations(w)
  expect(first).toMatchObject({
    key: 'inference__automation_1',
    owner: `prefect.deployment.${deployment?.row.id}`,
    enabled: true,
    definition: {
      actions: [
        {
          type: 'run-deployment',
          source: 'selected',
          deployment_id: deployment?.row.id,
          parameters: null,
          job_variables: null,
          schedule_after: 0,
        },
      ],
    },
  })
  expect(second?.key).toBe('on-order')
  const [pool] = await w.store.read.workPools.list(w.project)
  const queues = await w.store.read.workPools.queues(w.project, pool?.id ?? '')
  expect(queues.map(({ name, priority }) => [name, priority])).toEqual([['default', 1]])
})

test('a deploy makes the queue its deployment names, once, and says so', async () => {
  await using w = await openWorld()
  const request = item({ work_pool: 'gpu', work_queue: 'fast' })
  const made = { name: 'fast', workPool: 'gpu', change: 'created' }
  expect((await deploy(w, request, { ...request, name: 'other' })).workQueues).toEqual([made])
  expect((await deploy(w, request)).workQueues).toEqual([])
  const [pool] = await w.store.read.workPools.list(w.project)
  const queues = await w.store.read.workPools.queues(w.project, pool?.id ?? '')
  expect(queues.map(({ name, priority }) => [name, priority])).toEqual([
    ['default', 1],
    ['fast', 2],
  ])
})

test('what a trigger says about the run reaches the run', async () => {
  await using w = await openWorld()
  const parameters = { name: '{{ event.resource.id }}', n: '{{ event.payload.n }}' }
  await deploy(
    w,
    item({ triggers: [trigger({ parameters, job_variables: { env: { A: '1' } }, schedule_after: '10m' })] }),
  )
  await w.send({ ...ORDER, payload: { n: 41 } })
  await w.settled()
  const [run] = await w.runs()
  expect(run).toMatchObject({
    parameters: { name: 'order.1', n: 41 },
    jobVariables: { env: { A: '1' } },
    scheduledAt: w.clock.now() + 600_000_000,
  })
})

test('deploying the same again changes nothing', async () => {
  await using w = await openWorld()
  const request = item({ work_pool: 'gpu', parameters: { a: 1, b: 2 }, triggers: [trigger(), trigger({ within: 5 })] })
  const first = await deploy(w, request)
  const { position } = await w.store.log.head()
  const again = await deploy(w, { ...request, parameters: { b: 2, a: 1 } })
  expect(said(again)).toEqual([
    'unchanged pool gpu (process)',
    'unchanged vision/inference',
    'unchanged inference__automation_1',
    'unchanged inference__automation_2',
  ])
  expect(again.automations.map(({ row }) => [row.id, row.version])).toEqual(
    first.automations.map(({ row }) => [row.id, 1]),
  )
  await w.settled()
  expect((await w.store.log.head()).position).toBe(position)
})

test('a redeploy says what it changed and removed, and removes triggers that are gone', async () => {
  await using w = await openWorld()
  await deploy(w, item({ triggers: [trigger({ name: 'a' }), trigger({ name: 'b' }), trigger({ name: 'c' })] }))
  const report = await deploy(
    w,
    item({ description: 'new', triggers: [trigger({ name: 'c' }), trigger({ name: 'b', enabled: false })] }),
  )
  expect(said(report)).toEqual(['updated vision/inference', 'unchanged c', 'updated b', 'removed a'])
  expect(said(await deploy(w, item({ description: 'new' })))).toEqual([
    'unchanged vision/inference',
    'removed b',
    'removed c',
  ])
  await w.send(ORDER)
  expect(await w.launches()).toEqual([])
})

test('triggers of one name are all kept, and all removed', async () => {
  await using w = await openWorld()
  const same = [trigger({ name: 'same' }), trigger({ name: 'same', within: 5 })]
  await deploy(w, item({ triggers: same }))
  expect(said(await deploy(w, item({ triggers: same })))).toEqual([
    'unchanged vision/inference',
    'unchanged same',
    'unchanged same',
  ])
  await deploy(w, item())
  expect(await automations(w)).toEqual([])
})

test('an unchanged trigger keeps what it has counted over a redeploy, also when it moves or runs with other parameters', async () => {
  await using w = await openWorld()
  const counted = trigger({ threshold: 3, within: 3600 })
  await deploy(w, item({ triggers: [trigger({ expect: ['other'] }), counted] }))
  await w.send(ORDER, ORDER)
  await deploy(w, item({ version: '2', triggers: [{ ...counted, parameters: { n: 1 } }] }))
  expect(await w.launches()).toEqual([])
  await w.send(ORDER)
  await w.settled()
  const [run, ...others] = await w.runs()
  expect([run?.parameters, others]).toEqual([{ n: 1 }, []])
})

test('two automations of one trigger each fire once', async () => {
  await using w = await openWorld()
  const counted = trigger({ threshold: 3, within: 3600 })
  const triggers = [1, 2].map((n) => ({ ...counted, parameters: { n } }))
  await deploy(w, item({ triggers }))
  await w.send(ORDER, ORDER)
  await w.settled()
  expect(await w.runs()).toEqual([])
  await w.send(ORDER)
  await w.settled()
  expect((await w.runs()).map(({ parameters }) => parameters.n)).toEqual([1, 2])
})

test('the file says whether an automation is enabled: what was disabled by hand is enabled again, and reported', async () => {
  await using w = await openWorld()
  const request = item({ triggers: [trigger({ name: 'a' })] })
  await deploy(w, request)
  await w.define.patchAutomation(w.scope, 'a', { enabled: false }, {})
  expect(said(await deploy(w, request))).toEqual(['unchanged vision/inference', 'updated a'])
  expect((await automations(w)).map(({ enabled }) => enabled)).toEqual([true])
})

test('a dry run reports the same and leaves nothing, not even the work pool', async () => {
  await using w = await openWorld()
  const request = { deployments: [item({ work_pool: 'gpu', triggers: [trigger()] })] }
  const dry = await w.deploy({ ...request, dry_run: true })
  await nothing(w)
  expect(said(await w.deploy(request))).toEqual(said(dry))
})

test('deployments of one name in different flows are different ones, with automations of their own', async () => {
  await using w = await openWorld()
  const report = await deploy(w, item({ triggers: [trigger()] }), item({ flow_name: 'audio', triggers: [trigger()] }))
  expect(report.deployments.map(({ row }) => row.key)).toEqual(['vision-inference', 'audio-inference'])
  expect(report.automations.map(({ row, deployment }) => [row.key, deployment])).toEqual([
    ['inference__automation_1', 'vision/inference'],
    ['inference__automation_1-2', 'audio/inference'],
  ])
  await deploy(w, item())
  expect((await automations(w)).map(({ key }) => key)).toEqual(['inference__automation_1-2'])
})

test('whatever is wrong with any of the deployments, nothing is deployed', async () => {
  await using w = await openWorld()
  const good = item({ work_pool: 'gpu', triggers: [trigger()] })
  const bad = item({ name: 'bad', triggers: [trigger(), trigger({ parameters: { a: ['{{ event.'] } })] })
  await expect(deploy(w, good, bad)).rejects.toMatchObject({
    code: 'invalid',
    problems: [{ path: 'deployments[1].triggers[1].parameters.a[0]', found: '{{ event.' }],
  })
  await nothing(w)
  await expect(deploy(w, good, item({ description: 'twice' }))).rejects.toMatchObject({
    problems: [{ path: 'deployments[1].name', message: 'deployment "vision/inference" is given twice' }],
  })
  await nothing(w)
  await expect(deploy(w, good, item({ name: 'b', key: 'vision-inference' }))).rejects.toMatchObject({
    code: 'conflict',
    message: 'deployment "vision/inference" has the key "vision-inference"',
  })
  await nothing(w)
})

test('without leave to create work pools, each missing one is a problem with what was meant', async () => {
  await using w = await openWorld()
  await w.define.createWorkPool(w.scope, { name: 'gpu-pool', type: 'process' })
  const request = { deployments: [item({ work_pool: 'gpu-pol' })], create_missing_work_pools: false }
  await expect(w.deploy(request)).rejects.toMatchObject({
    code: 'invalid',
    problems: [{ path: 'deployments[0].work_pool', found: 'gpu-pol', suggestion: 'gpu-pool' }],
  })
  expect(await w.store.read.deployments.count({ project: w.project })).toBe(0)
})

test('a name of any length leaves room for those made from it', async () => {
  await using w = await openWorld()
  const long = 'x'.repeat(255)
  const report = await deploy(w, item({ flow_name: long, name: long, triggers: [trigger()] }))
  expect(report.automations[0]?.row.name).toBe(`${'x'.repeat(241)}__automation_1`)
  expect(report.deployments[0]?.row.key).toHaveLength(255)
})

test('a trigger that fires on the runs it starts deploys with a warning and is stopped by the loop brake', async () => {
  await using w = await openWorld()
  const loop = {
    type: 'event',
    match: { 'prefect.resource.id': 'prefect.flow-run.*' },
    expect: ['prefect.flow-run.Completed'],
    parameters: { param_1: '{{ event }}' },
  }
  const report = await deploy(w, item({ triggers: [loop] }))
  expect(report.warnings).toMatchObject([
    {
      code: 'loop-risk',
      path: 'inference__automation_1: trigger.expect',
      message: expect.stringContaining('every flow run'),
    },
  ])
  await w.send({ event: 'prefect.flow-run.Completed', resource: { 'prefect.resource.id': 'prefect.flow-run.x' } })
  await w.settled()
  for (let round = 0; round < 40; round += 1) {
    const open = (await w.runs()).find(({ ended }) => ended === null)
    if (open === undefined) break
    await completed(w, open)
  }
  const launches = await w.launches()
  expect(launches.at(-1)).toMatchObject({ state: 'refused', reason: { code: 'loop_guard' } })
  expect(launches).toHaveLength(26)
})

/** Takes a run through its states as a worker would. */
async function completed({ store, clock, ingest, settled }: World, run: RunRow): Promise<void> {
  await store.transaction(async (tx) => {
    let current = run
    for (const type of ['PENDING', 'RUNNING', 'COMPLETED'] as const) {
      current = await changeState(tx, current, { type, at: clock.now() })
    }
  })
  ingest.wakeRaised()
  await settled()
}
