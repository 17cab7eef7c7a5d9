import {
  ENGINE_VERSION,
  type EngineState,
  type Entry,
  type Firing,
  type LoggedEvent,
  type StepResult,
  step,
} from '@upon/engine'
import type { Clock } from '../lib/clock.ts'
import type { NewLaunch } from '../store/launch-table.ts'
import type { NewRaised } from '../store/raised-table.ts'
import type { Store } from '../store/store.ts'
import type { Definitions } from './definitions.ts'
import { firingEvent } from './firing-event.ts'
import { planLaunch } from './plan-launch.ts'

export interface DecideDeps {
  readonly store: Pick<Store, 'log' | 'decisions' | 'read'>
  readonly definitions: Definitions
  readonly clock: Pick<Clock, 'now'>
}

export interface Decided {
  readonly entries: number
  readonly firings: readonly Firing[]
  readonly observations: StepResult['observations']
}

/**
 * Decides what the log holds after the cursor, at most `limit` entries: read, step, commit. A rejection leaves the engine's memory ahead of the
 * store, so the caller must throw that memory away.
 */
export async function decideOnce(deps: DecideDeps, state: EngineState, epoch: number, limit: number): Promise<Decided> {
  const from = state.cursor
  const entries = await deps.store.log.read(from, limit)
  const last = entries.at(-1)
  if (last === undefined) return { entries: 0, firings: [], observations: [] }
  const { firings, windows, observations, clock } = step(state, entries)
  const { launches, raised } = await planAll(deps, firings, entries)
  await deps.store.decisions.commit({
    epoch,
    from,
    to: last.position,
    clock,
    engineVersion: ENGINE_VERSION,
    windows,
    firings,
    launches,
    observations,
    raised,
  })
  return { entries: entries.length, firings, observations }
}

async function planAll(deps: DecideDeps, firings: readonly Firing[], entries: readonly Entry[]) {
  const launches: NewLaunch[] = []
  const raised: NewRaised[] = []
  for (const firing of firings) {
    const automation = await deps.definitions.get(firing.project, firing.automationId, firing.version)
    launches.push(planLaunch(firing, automation.definition, deps.clock.now()))
    if (firing.refused?.announced === false) continue
    raised.push(firingEvent(firing, automation, await triggeringEvent(deps, firing, entries)))
  }
  return { launches, raised }
}

/** In this batch, unless the event was held back from an earlier one. */
async function triggeringEvent(
  deps: DecideDeps,
  firing: Firing,
  entries: readonly Entry[],
): Promise<LoggedEvent | null> {
  if (firing.event === null) return null
  const { position } = firing.event
  const first = entries[0]?.position ?? 0
  for (let index = Math.max(0, position - first); index >= 0 && index < entries.length; index -= 1) {
    const entry = entries[index]
    if (entry?.kind === 'event' && entry.position === position) return entry.event
    if (entry !== undefined && entry.position < position) break
  }
  return deps.store.read.events.at(position)
}
