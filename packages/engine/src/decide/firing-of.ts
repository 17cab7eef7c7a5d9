import { v5 } from 'uuid'
import type { LoggedEvent } from '../event/logged-event.ts'
import type { Firing } from '../firing.ts'
import { formatDuration } from '../grammar/duration.ts'
import type { Instant } from '../instant.ts'
import type { Member } from './progress.ts'

// Any constant would do; it must never change, or a replay would give other ids.
const FIRING_NAMESPACE = '5f0f3f5e-0d0c-4f43-9a6e-8a1d53d1d0a7'

/** The loop brake: how many generations from one root may fire within what time. */
export interface LoopBrake {
  readonly generationsMax: number
  readonly within: Instant
}

/** What about a decision is the same for all automations that share the trigger. */
export interface Decided {
  readonly project: string
  readonly event: LoggedEvent
  readonly at: Instant
  readonly key: string
  readonly labels: Readonly<Record<string, string>>
  /** 1 for the first firing of this trigger by this event, 2 for a second one. */
  readonly occasion: number
}

/** The firing of one automation. Its id follows from its cause, so a replay gives the same. */
export function firingOf({ automation, path }: Member, decided: Decided, brake: LoopBrake): Firing {
  const { project, event, at, key, labels, occasion } = decided
  const cause = `event:${event.source}:${event.id}${occasion === 1 ? '' : `#${occasion}`}`
  return {
    id: v5(JSON.stringify([automation.id, automation.version, path, key, cause]), FIRING_NAMESPACE),
    project,
    automationId: automation.id,
    automationKey: automation.key,
    version: automation.version,
    triggerPath: path,
    state: 'Triggered',
    key,
    labels,
    at,
    event: { id: event.id, position: event.position },
    value: null,
    cause,
    depth: event.depth,
    rootId: event.rootId,
    rootReceived: event.rootReceived,
    traceparent: event.traceparent,
    refused: refusalOf(event, at, brake),
  }
}

function refusalOf(event: LoggedEvent, at: Instant, brake: LoopBrake): Firing['refused'] {
  const generation = event.depth + 1
  const age = at - event.rootReceived
  if (generation <= brake.generationsMax || age > brake.within) return null
  const detail =
    `generation ${generation} of the chain that began with event ${event.rootId}, ${formatDuration(age)} ago; ` +
    `at most ${brake.generationsMax} may follow within ${formatDuration(brake.within)}`
  return { code: 'loop_guard', detail }
}
