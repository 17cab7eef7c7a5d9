import type { LoggedEvent } from './event/logged-event.ts'
import type { Trigger } from './grammar/trigger.ts'
import type { Instant } from './instant.ts'

/** A row of the log. Entries reach the engine in `position` order with strictly increasing `received`. */
export type Entry = EventEntry | AutomationEntry | ClockEntry

interface EntryBase {
  readonly position: number
  readonly received: Instant
  readonly project: string
}

export interface EventEntry extends EntryBase {
  readonly kind: 'event'
  readonly event: LoggedEvent
  /** Position of the event named by `follows` where the log holds it, whatever its place; else null. */
  readonly leaderPosition: number | null
}

/** An automation version coming into force for later positions, or (`version: null`) its removal. */
export interface AutomationEntry extends EntryBase {
  readonly kind: 'automation'
  readonly automationId: string
  readonly version: AutomationVersion | null
}

/** Time that passed without an event; `resumed` marks the end of a gap in which nothing was decided. */
export interface ClockEntry extends EntryBase {
  readonly kind: 'clock'
  readonly resumed: boolean
}

/** What the engine needs to know of one immutable automation version. */
export interface AutomationVersion {
  readonly id: string
  readonly project: string
  readonly key: string
  readonly version: number
  /** Creation sequence over all automations: the evaluation order everywhere. */
  readonly order: number
  /** What owns the automation (`prefect.deployment.<id>`), or null. Part of its windows' identity. */
  readonly owner: string | null
  readonly enabled: boolean
  readonly trigger: Trigger
}
