import type { Event, FeedMessage, Launch, Run } from '@upon/sdk'

/** Events the page holds; older ones leave as new ones come. */
export const EVENTS_SHOWN_MAX = 200
/** Runs nobody sent an event for, such as those started by hand. */
const LOOSE_RUNS_MAX = 50

/** What the page knows, by id. Every message replaces what it speaks of, so order and repetition do not matter. */
export interface LiveState {
  readonly events: ReadonlyMap<string, Event>
  readonly launches: ReadonlyMap<string, Launch>
  readonly runs: ReadonlyMap<string, Run>
}

export const EMPTY: LiveState = { events: new Map(), launches: new Map(), runs: new Map() }

/** An event with everything that came of it. */
export interface Story {
  readonly event: Event
  readonly launches: readonly { readonly launch: Launch; readonly runs: readonly Run[] }[]
}

/** The state after some messages of the live feed. */
export function received(state: LiveState, messages: readonly FeedMessage[]): LiveState {
  const events = new Map(state.events)
  const launches = new Map(state.launches)
  const runs = new Map(state.runs)
  for (const message of messages) {
    if (message.kind === 'event') events.set(message.event.id, message.event)
    else if (message.kind === 'launch') launches.set(message.launch.id, message.launch)
    else if (message.kind === 'run') runs.set(message.run.id, message.run)
  }
  return trimmed({ events, launches, runs })
}

function trimmed(state: LiveState): LiveState {
  const newest = [...state.events.values()].sort((a, b) => b.position - a.position).slice(0, EVENTS_SHOWN_MAX)
  const events = new Map(newest.map((event) => [event.id, event]))
  const launches = new Map([...state.launches].filter(([, launch]) => events.has(launch.firing.event_id ?? '')))
  const loose = looseRuns(state.runs)
  const runs = new Map([...state.runs].filter(([id, run]) => launches.has(run.launch_id ?? '') || loose.has(id)))
  return { events, launches, runs }
}

function looseRuns(runs: LiveState['runs']): ReadonlySet<string> {
  const loose = [...runs.values()].filter((run) => run.launch_id === null)
  return new Set(
    newestFirst(loose)
      .slice(0, LOOSE_RUNS_MAX)
      .map((run) => run.id),
  )
}

const newestFirst = (runs: readonly Run[]): Run[] => [...runs].sort((a, b) => b.created.localeCompare(a.created))

/** Events people sent, newest first; with `all`, also those Upon raised itself. */
export function stories(state: LiveState, all: boolean): readonly Story[] {
  return [...state.events.values()]
    .filter((event) => all || event.source !== 'upon')
    .sort((a, b) => b.position - a.position)
    .map((event) => ({ event, launches: launchesOf(state, event.id) }))
}

function launchesOf(state: LiveState, eventId: string): Story['launches'] {
  return [...state.launches.values()]
    .filter((launch) => launch.firing.event_id === eventId)
    .map((launch) => ({
      launch,
      runs: [...state.runs.values()].filter((run) => run.launch_id === launch.id),
    }))
}

/** Runs started by hand, newest first. */
export const runsByHand = (state: LiveState): readonly Run[] =>
  newestFirst([...state.runs.values()].filter((run) => run.launch_id === null))
