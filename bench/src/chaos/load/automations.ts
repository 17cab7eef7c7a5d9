import type { ApplyInput, DeployInput } from '@upon/sdk'

type Document = ApplyInput['documents'][number]
type Action = Document['actions'][number]

/** How many automations of each kind there are: 50 together. */
export const KINDS = { exact: 18, glob: 12, forEach: 10, after: 8, raised: 2 } as const

const DO_NOTHING: Action = { type: 'do-nothing' }
const RUN_QUICK: Action = { type: 'run-deployment', deployment: 'chaos/quick' }
const RUN_SLOW: Action = { type: 'run-deployment', deployment: 'chaos/slow' }

/** Programs that write one line when they begin; the slow one is often alive when its server is killed. */
export function chaosDeployments(markerFile: string): DeployInput {
  const mark = `printf '%s %s\\n' "$UPON_RUN_ID" "$UPON_ATTEMPT" >> '${markerFile}'`
  const shared = { flow_name: 'chaos', work_pool: 'chaos', parameters: {} }
  return {
    deployments: [
      { ...shared, name: 'quick', command: mark },
      { ...shared, name: 'slow', command: `${mark}; sleep 0.3`, retries: 3 },
    ],
  }
}

/** The automations under test. Those that start processes fire rarely, so that two cores are enough. */
export function chaosAutomations(): readonly Document[] {
  return [
    ...range(KINDS.exact).map(exact),
    ...range(KINDS.glob).map(glob),
    ...range(KINDS.forEach).map(forEach),
    ...range(KINDS.after).map(after),
    ...raised(),
  ]
}

/**
 * The first four start something, and seldom: a window of 4 s fires at most every 4 s; counting without a window, every
 * 30th time. The last fires at every event, so that hardly a batch is without a firing.
 */
function exact(index: number): Document {
  const counting = index % 2 === 0 ? { threshold: 1, within: 4 + index } : { threshold: index < 4 ? 30 : 10, within: 0 }
  const match = { 'prefect.resource.id': `chaos.node.${index}` }
  const action = [RUN_QUICK, RUN_SLOW, RUN_QUICK, RUN_SLOW][index] ?? DO_NOTHING
  if (index === KINDS.exact - 1) return document(`exact-${index}`, { expect: [`chaos.exact.${index}`], match })
  return document(`exact-${index}`, { expect: [`chaos.exact.${index}`], match, ...counting }, action)
}

function glob(index: number): Document {
  const patterns = [
    { 'prefect.resource.id': `chaos.rack-*.unit-${index}` },
    { 'prefect.resource.id': `chaos.rack-?.unit-${index}`, zone: '!west' },
    { 'prefect.resource.id': `chaos.rack-[0-4]*unit-${index}` },
    { 'prefect.resource.id': [`chaos.rack-1.unit-${index}`, `*-7.unit-${index}`], zone: ['ea*', 'north'] },
  ]
  const match = patterns[index % patterns.length] ?? {}
  const counting = index % 3 === 0 ? { threshold: 15, within: 0 } : { threshold: 4, within: 5 }
  return document(`glob-${index}`, { expect: ['chaos.glob.*'], match, ...counting })
}

function forEach(index: number): Document {
  const keys = index % 2 === 0 ? ['prefect.resource.id'] : ['prefect.resource.id', 'related:flow:prefect.resource.id']
  const trigger = {
    expect: [`chaos.batch.${index}`],
    for_each: keys,
    threshold: 3,
    within: [0, 2, 10][index % 3] ?? 0,
  }
  return document(`for-each-${index}`, trigger)
}

function after(index: number): Document {
  const trigger = {
    after: [`chaos.armed.${index}`],
    expect: [`chaos.done.${index}`],
    for_each: ['prefect.resource.id'],
    within: [0, 3, 20][index % 3] ?? 0,
    threshold: index === 7 ? 2 : 1,
  }
  return document(`after-${index}`, trigger, index === 0 ? RUN_QUICK : DO_NOTHING)
}

/** Events that Upon raises itself fire automations too. */
function raised(): readonly Document[] {
  return [
    document('raised-completed', { expect: ['prefect.flow-run.Completed'], within: 0 }),
    document('raised-pair', {
      after: ['prefect.flow-run.Running'],
      expect: ['prefect.flow-run.Completed', 'prefect.flow-run.Crashed'],
      for_each: ['prefect.resource.id'],
      within: 60,
    }),
  ]
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

const document = (key: string, trigger: Document['trigger'], action: Action = DO_NOTHING): Document => ({
  key,
  trigger,
  actions: [action],
})
