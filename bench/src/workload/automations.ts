import type { JsonObject } from '@upon/engine'
import { createRandom } from '../lib/random.ts'
import { countsOf, type Mix, type TriggerClass } from './shares.ts'

export const EVENT_NAME = 'bench.machine.measured'

/** Never met, so that only `for_each` fires, and every other event updates a window. */
const NEVER = 1_000_000
/** Five events of a key fire once: with 5 % of the events that makes 1 % firings. */
export const FOR_EACH_THRESHOLD = 5
const SHUFFLE_SEED = 1

/** One automation of the workload, as people write it, without its actions. */
export interface WorkloadAutomation {
  readonly key: string
  readonly trigger: JsonObject
}

/** The same automations for the same count and mix, in an order that mixes the classes. */
export function workloadAutomations(count: number, mix: Mix): readonly WorkloadAutomation[] {
  const automations: WorkloadAutomation[] = []
  for (const [name, amount] of countsOf(count, mix)) {
    for (let index = 0; index < amount; index += 1) {
      automations.push({ key: `${name}-${index}`, trigger: { expect: [EVENT_NAME], ...triggerOf(name, index) } })
    }
  }
  return createRandom(SHUFFLE_SEED).shuffled(automations)
}

function triggerOf(name: TriggerClass, index: number): JsonObject {
  const counting = { threshold: NEVER, within: 3600 }
  switch (name) {
    case 'exact':
      return { match: { 'prefect.resource.id': `machine.${index}` }, ...counting }
    case 'prefix':
      return { match: { 'prefect.resource.id': `fleet.${index}.*` }, ...counting }
    case 'negation':
      return { match: { service: `service-${index}`, env: '!dev' }, ...counting }
    case 'related':
      return {
        match_related: { 'prefect.resource.role': 'flow', 'prefect.resource.id': `flow.${index}` },
        ...counting,
      }
    case 'for-each':
      return { match: { team: `team-${index}` }, for_each: ['prefect.resource.id'], threshold: FOR_EACH_THRESHOLD }
    case 'unindexable':
      return {
        match: { 'prefect.resource.id': `${[...codeOf(index)].map((letter) => `[${letter}]`).join('')}*` },
        ...counting,
      }
  }
}

/** Three capital letters, found nowhere else in the events. Written as classes they are no text an index could hold. */
export function codeOf(index: number): string {
  const letter = (place: number) => String.fromCharCode(65 + (Math.floor(index / 26 ** place) % 26))
  return letter(2) + letter(1) + letter(0)
}
