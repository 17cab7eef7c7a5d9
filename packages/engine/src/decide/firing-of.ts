import { v5 } from 'uuid'
import type { LoggedEvent } from '../event/logged-event.ts'
import type { Firing } from '../firing.ts'
import type { Instant } from '../instant.ts'
import type { Member } from './progress.ts'

// Any constant would do; it must never change, or a replay would give other ids.
const FIRING_NAMESPACE = '5f0f3f5e-0d0c-4f43-9a6e-8a1d53d1d0a7'

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
export function firingOf({ automation, path }: Member, decided: Decided): Firing {
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
    refused: null,
  }
}
