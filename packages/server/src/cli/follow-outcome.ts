import { type Client, type Explanation, type Launch, type LaunchAction, routes } from '@upon/sdk'
import { createPauses, type FollowOptions, followRun, type RunStep } from './follow-run.ts'

/** One thing that became known about what an event did, in the order it is told: launch by launch, run by run. */
export type OutcomeStep =
  | RunStep
  | { readonly kind: 'fired'; readonly launch: Launch }
  /** It fired and was not allowed to launch. */
  | { readonly kind: 'refused'; readonly launch: Launch; readonly reason: string }
  /** Nothing fired. `reason` is that of the closest miss; `others` is how many more automations were near. */
  | { readonly kind: 'not-fired'; readonly reason: string; readonly others: number }
  /** An action other than the creation of a run is over. */
  | { readonly kind: 'action'; readonly launch: Launch; readonly action: LaunchAction }
  /** Every action of the launch is over; those of the next launch follow. */
  | { readonly kind: 'launched'; readonly launch: Launch }

const ACTION_OVER: readonly LaunchAction['state'][] = ['succeeded', 'failed', 'dead']
const LAUNCH_OVER: readonly Launch['state'][] = ['succeeded', 'failed', 'dead', 'refused']

/**
 * Follows what one recorded event did: the decision about it, its launches, their actions, and the runs they made to
 * their end. Begin as soon as the event was accepted, or at any time later; what passed is told as well.
 */
export async function* followOutcome(
  client: Client,
  eventId: string,
  options: FollowOptions,
): AsyncGenerator<OutcomeStep, void> {
  const explanation = await decision(client, eventId, options)
  if (explanation === null) return yield { kind: 'unfinished', run: null }
  const launches = explanation.outcomes.flatMap(({ launch_id }) => (launch_id === null ? [] : [launch_id]))
  if (launches.length === 0) return yield notFired(explanation)
  for (const launch of launches) {
    yield* followLaunch(client, launch, options)
    if (options.signal.aborted) return
  }
}

/** What the engine made of the event, once it has; null when the signal aborted first. */
async function decision(client: Client, event: string, options: FollowOptions): Promise<Explanation | null> {
  const pauses = createPauses(options)
  while (!options.signal.aborted) {
    const explanation = await client.call(routes.explainEvent, { params: { event } })
    if (explanation.decided) return explanation
    await pauses.next()
  }
  return null
}

function notFired({ event, outcomes }: Explanation): OutcomeStep {
  const [closest] = outcomes
  if (closest === undefined) return { kind: 'not-fired', reason: `no automation expects "${event.event}"`, others: 0 }
  return { kind: 'not-fired', reason: closest.reason, others: outcomes.length - 1 }
}

async function* followLaunch(client: Client, id: string, options: FollowOptions): AsyncGenerator<OutcomeStep, void> {
  const pauses = createPauses(options)
  const told = new Set<number>()
  let fired = false
  while (!options.signal.aborted) {
    const launch = await client.call(routes.getLaunch, { params: { launch: id } })
    if (!fired) yield { kind: 'fired', launch }
    fired = true
    if (launch.state === 'refused') {
      return yield { kind: 'refused', launch, reason: launch.reason?.detail ?? 'it was refused' }
    }
    const over = launch.actions.filter(({ index, state }) => ACTION_OVER.includes(state) && !told.has(index))
    for (const action of over) {
      told.add(action.index)
      const run = action.result?.run_id
      if (typeof run === 'string') yield* followRun(client, run, options)
      else yield { kind: 'action', launch, action }
      // Whatever was followed last has said that it is unfinished.
      if (options.signal.aborted) return
    }
    if (LAUNCH_OVER.includes(launch.state)) return yield { kind: 'launched', launch }
    if (over.length > 0) pauses.reset()
    await pauses.next()
  }
  yield { kind: 'unfinished', run: null }
}
