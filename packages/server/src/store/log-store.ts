import type { Entry, Instant, JsonObject, Labels } from '@upon/engine'

/** An event accepted at the edge and not yet in the log. */
export interface NewLogEvent {
  readonly project: string
  readonly id: string
  readonly source: string
  readonly event: string
  readonly occurred: Instant
  /** As the sender wrote it; empty where the sender wrote none. */
  readonly occurredText: string
  readonly resource: Labels
  readonly related: readonly Labels[]
  readonly payload: JsonObject
  readonly follows: string | null
  /** Causal chain; an event from outside is its own root (`depth` 0, `rootId` null). */
  readonly depth: number
  readonly rootId: string | null
  readonly rootReceived: Instant | null
  readonly traceparent: string | null
}

export type NewEntry =
  | { readonly kind: 'event'; readonly event: NewLogEvent }
  | {
      readonly kind: 'automation'
      readonly project: string
      readonly automationId: string
      readonly version: number | null
    }
  | { readonly kind: 'clock'; readonly project: string; readonly resumed: boolean }

/** `appended` and `duplicate` carry the position (of the first one); `conflict`: same identity, other content. */
export interface AppendResult {
  readonly outcome: 'appended' | 'duplicate' | 'conflict'
  readonly position: number
  readonly received: Instant
}

/** The one ordered log. */
export interface LogStore {
  /**
   * Appends a batch durably and in order, in one commit; results are in the order given. `received` is assigned here:
   * strictly increasing, at least `now`. `raised` names raised rows this batch carries; they are removed by the same commit.
   * With `atomic`, one conflict keeps the whole batch out; the results then say `conflict` or `duplicate`, and
   * `appended` with position 0 for what would have been appended.
   */
  append(
    entries: readonly NewEntry[],
    options: { now: Instant; raised?: readonly number[]; atomic?: boolean },
  ): Promise<readonly AppendResult[]>
  /** Entries after `position`, in order, with automation versions and leaders looked up; at most `limit`. */
  read(after: number, limit: number): Promise<readonly Entry[]>
  /** The last position and its `received`; zeros for an empty log. */
  head(): Promise<{ position: number; received: Instant }>
}
