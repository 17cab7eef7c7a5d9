import { createRandom, type Random } from '../../lib/random.ts'
import { KINDS } from './automations.ts'

export interface ChaosEvent {
  readonly id: string
  readonly event: string
  readonly occurred: string
  readonly resource: Readonly<Record<string, string>>
  readonly related: readonly Readonly<Record<string, string>>[]
  readonly payload: Readonly<Record<string, unknown>>
  readonly follows: string | null
}

/** Keys of `for_each` and `after` that are in use at a time; each goes out of use after a while. */
const KEYS_AT_ONCE = 60
const EVENTS_PER_KEY_SET = 6_000
const ZONES = ['east', 'west', 'north']

/** An endless, repeatable sequence of events that fit the automations under test. */
export function createChaosEvents(seed: number) {
  const random = createRandom(seed)
  let made = 0
  /** An event that its predecessor in the sequence already said it follows. */
  let announced: string | null = null

  return function next(now: number): ChaosEvent {
    made += 1
    const id = announced ?? random.uuid()
    announced = null
    const follows = random.chance(0.01) ? random.uuid() : null
    // Most are sent next, so the follower comes just before its leader; one in ten never is.
    if (follows !== null && random.chance(0.9)) announced = follows
    return {
      id,
      occurred: new Date(now + shiftMs(random)).toISOString(),
      payload: { number: made, note: 'x'.repeat(random.below(120)) },
      follows,
      ...subject(random, Math.floor(made / EVENTS_PER_KEY_SET)),
    }
  }
}

/** Some events come late, and some from a clock that is ahead. */
function shiftMs(random: Random): number {
  const kind = random.next()
  if (kind < 0.03) return -random.below(20_000)
  if (kind < 0.04) return 61_000 + random.below(240_000)
  return 0
}

type Subject = Pick<ChaosEvent, 'event' | 'resource' | 'related'>

function subject(random: Random, keySet: number): Subject {
  const kind = random.next()
  if (kind < 0.42) {
    const index = random.below(KINDS.exact)
    return about(`chaos.exact.${index}`, `chaos.node.${random.chance(0.9) ? index : index + 1}`)
  }
  if (kind < 0.62) {
    const id = `chaos.rack-${random.below(9)}.unit-${random.below(KINDS.glob)}`
    return about(random.chance(0.95) ? `chaos.glob.${random.below(5)}` : 'chaos.glob.', id, random.pick(ZONES))
  }
  const key = `chaos.key.${keySet}-${random.below(KEYS_AT_ONCE)}`
  if (kind < 0.8) return about(`chaos.batch.${random.below(KINDS.forEach)}`, key, random.pick(ZONES))
  if (kind < 0.92) {
    const verb = random.chance(0.5) ? 'armed' : 'done'
    return about(`chaos.${verb}.${random.below(KINDS.after)}`, key)
  }
  return about('chaos.noise', key)
}

const about = (event: string, id: string, zone = 'east'): Subject => ({
  event,
  resource: { 'prefect.resource.id': id, zone },
  related: [{ 'prefect.resource.id': `chaos.flow.${zone}`, 'prefect.resource.role': 'flow' }],
})
