import type { Firing, Instant, JsonObject } from '@upon/engine'
import type { Page, PageRequest } from './store.ts'

export type LaunchState = 'pending' | 'running' | 'retrying' | 'succeeded' | 'failed' | 'dead' | 'refused'
export type ActionState = 'pending' | 'running' | 'retrying' | 'succeeded' | 'failed' | 'dead' | 'skipped'

/** A firing on its way to its actions: a row of the launch log and, until its last action, of the outbox. */
export interface NewLaunch {
  /** Same as its firing's id. */
  readonly id: string
  readonly state: 'pending' | 'refused'
  readonly reason: LaunchReason | null
  /** When its first action is due. @default the firing's instant */
  readonly due?: Instant
  /** Types of the actions, in the order they run. */
  readonly actions: readonly { readonly list: ActionList; readonly type: string; readonly name: string | null }[]
}

export type ActionList = 'actions' | 'actions_on_trigger' | 'actions_on_resolve'

export interface LaunchReason {
  readonly code: string
  readonly detail: string
}

export interface ActionRecord {
  readonly index: number
  readonly list: ActionList
  readonly type: string
  /** What its author called it. */
  readonly name: string | null
  readonly state: ActionState
  readonly attempts: number
  /** Stable over attempts: what called systems may deduplicate by. */
  readonly idempotencyKey: string
  readonly result: JsonObject | null
  readonly error: string | null
  readonly warnings: readonly string[]
  readonly started: Instant | null
  readonly ended: Instant | null
  readonly nextAttempt: Instant | null
}

export interface Launch {
  readonly id: string
  readonly project: string
  readonly automationId: string
  readonly automationKey: string
  readonly automationName: string
  readonly version: number
  readonly firing: Firing
  readonly state: LaunchState
  readonly reason: LaunchReason | null
  readonly warnings: readonly string[]
  readonly actions: readonly ActionRecord[]
  readonly nextAction: number
  readonly ended: Instant | null
}

/** What act commits after working on one action: its record, and where the launch goes from here. */
export interface LaunchProgress {
  readonly action: ActionRecord
  readonly state: LaunchState
  readonly nextAction: number
  /** When the outbox row is due again; null when the launch ended. */
  readonly due: Instant | null
  readonly ended: Instant | null
  /** Added to those the launch already has. */
  readonly warnings: readonly string[]
}

export interface LaunchFilter {
  readonly project: string
  readonly automationId?: string
  readonly states?: readonly LaunchState[]
  readonly eventId?: string
  readonly since?: Instant
  readonly until?: Instant
}

/** Launches not to give out, by their own id or by their automation's. */
export interface HeldBack {
  readonly launches: ReadonlySet<string>
  readonly automations: ReadonlySet<string>
}

export interface LaunchTable {
  get(project: string, id: string): Promise<Launch | null>
  /** Newest firing first. */
  list(filter: LaunchFilter, page: PageRequest): Promise<Page<Launch>>
  count(filter: LaunchFilter): Promise<number>
  /** Outbox rows due at or before `now`, oldest first, not held back. */
  due(now: Instant, limit: number, held: HeldBack): Promise<readonly Launch[]>
  /** The soonest `due` of any outbox row not held back, or null. */
  nextDue(held: HeldBack): Promise<Instant | null>
  /** Launches by state over all projects, for metrics. */
  countByState(): Promise<Readonly<Record<string, number>>>
  /**
   * Records progress; false (and nothing changed) when the launch has ended or has moved past this action. Actions still
   * pending when the launch ends become `skipped`.
   */
  progress(id: string, progress: LaunchProgress): Promise<boolean>
}

/** A late event, a refused key, a held follower: sampled, with exact counters beside. */
export interface ObservationRow {
  readonly automationId: string | null
  readonly version: number | null
  readonly reason: string
  readonly position: number
  readonly eventId: string
  readonly detail: string
  readonly at: Instant
}
