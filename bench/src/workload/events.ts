import { createRandom, type Random } from '../lib/random.ts'
import { codeOf, EVENT_NAME, FOR_EACH_THRESHOLD } from './automations.ts'
import { countsOf, type Mix, SHARES, type TriggerClass } from './shares.ts'

/** Bytes of one event as JSON. */
export const EVENT_BYTES = 1_016

export interface WorkloadEvent {
  readonly id: string
  readonly event: string
  readonly occurred: string
  readonly resource: Readonly<Record<string, string>>
  readonly related: readonly Readonly<Record<string, string>>[]
  readonly payload: Readonly<Record<string, unknown>>
}

export interface EventWorkload {
  readonly automations: number
  readonly mix: Mix
  readonly seed: number
  /** Tells the keys of one sequence from those of another that runs beside it. */
  readonly keyPrefix?: string
}

/** An endless, repeatable sequence of events, each of which matches exactly one automation of the workload. */
export function createEventSource({ automations, mix, seed, keyPrefix = '' }: EventWorkload) {
  const random = createRandom(seed)
  const counts = [...countsOf(automations, mix)]
  const total = counts.reduce((sum, [name]) => sum + SHARES[name], 0)
  let counted = 0

  function classOfNext(): { readonly name: TriggerClass; readonly amount: number } {
    let left = random.next() * total
    for (const [name, amount] of counts) {
      left -= SHARES[name]
      if (left < 0) return { name, amount }
    }
    return { name: 'exact', amount: counts[0]?.[1] ?? 1 }
  }

  /** Runs of five share automation and key, so that each run fires once. */
  function forEachKey(amount: number): { readonly index: number; readonly key: string } {
    const run = Math.floor(counted / FOR_EACH_THRESHOLD)
    counted += 1
    return { index: run % amount, key: `task.${keyPrefix}${run}` }
  }

  return function next(occurred: Date): WorkloadEvent {
    const { name, amount } = classOfNext()
    const event = plainEvent(random, occurred)
    return padded(
      addressed(event, name, name === 'for-each' ? forEachKey(amount) : { index: random.below(amount), key: '' }),
    )
  }
}

function plainEvent(random: Random, occurred: Date): WorkloadEvent {
  return {
    id: random.timedUuid(occurred.getTime()),
    event: EVENT_NAME,
    occurred: occurred.toISOString(),
    resource: {
      'prefect.resource.id': `idle.${random.below(100_000)}`,
      'prefect.resource.name': `unit ${random.below(1_000)}`,
      service: 'none',
      env: 'prod',
      team: 'none',
    },
    related: [
      { 'prefect.resource.id': 'flow.none', 'prefect.resource.role': 'flow' },
      { 'prefect.resource.id': 'prefect.tag.measured', 'prefect.resource.role': 'tag' },
    ],
    payload: {
      temperature: random.below(10_000) / 100,
      pressure: random.below(100_000) / 100,
      cycles: random.below(1_000_000),
      healthy: true,
      operator: `operator-${random.below(100)}`,
      sample: Array.from({ length: 8 }, () => random.below(1_000)),
      place: { hall: `h${random.below(20)}`, row: random.below(40), column: random.below(40) },
    },
  }
}

function addressed(
  event: WorkloadEvent,
  name: TriggerClass,
  { index, key }: { readonly index: number; readonly key: string },
): WorkloadEvent {
  const labelled = (labels: Readonly<Record<string, string>>) => ({
    ...event,
    resource: { ...event.resource, ...labels },
  })
  switch (name) {
    case 'exact':
      return labelled({ 'prefect.resource.id': `machine.${index}` })
    case 'prefix':
      return labelled({ 'prefect.resource.id': `fleet.${index}.unit` })
    case 'negation':
      return labelled({ service: `service-${index}` })
    case 'for-each':
      return labelled({ team: `team-${index}`, 'prefect.resource.id': key })
    case 'unindexable':
      return labelled({ 'prefect.resource.id': `${codeOf(index)}.spare` })
    case 'related': {
      const [flow, ...others] = event.related
      return { ...event, related: [{ ...flow, 'prefect.resource.id': `flow.${index}` }, ...others] }
    }
  }
}

function padded(event: WorkloadEvent): WorkloadEvent {
  const bare = JSON.stringify({ ...event, payload: { ...event.payload, note: '' } }).length
  return { ...event, payload: { ...event.payload, note: 'n'.repeat(Math.max(0, EVENT_BYTES - bare)) } }
}
