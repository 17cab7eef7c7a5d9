import type { Instant } from './instant.ts'

/** The engine's decision that a trigger fired. Everything in it follows from the log. */
export interface Firing {
  /** Derived from (automation, version, trigger path, key, cause): the same on every replay. */
  readonly id: string
  readonly project: string
  readonly automationId: string
  readonly automationKey: string
  readonly version: number
  /** Path of the trigger inside the automation: `''` is the root, `triggers.0` its first child. */
  readonly triggerPath: string
  readonly state: 'Triggered' | 'Resolved'
  /** Canonical text of the `for_each` values; `''` without `for_each`. */
  readonly key: string
  /** `for_each` label to value (missing labels as `''`). */
  readonly labels: Readonly<Record<string, string>>
  /** Logical time of the decision. */
  readonly at: Instant
  /** The triggering event, or null when silence or a clock fired it. */
  readonly event: { readonly id: string; readonly position: number } | null
  /** Metric value; null for event triggers. */
  readonly value: number | null
  /** What decided it, such as `event:<source>:<id>` or `deadline:<micros>`. */
  readonly cause: string
  /** Causal chain of the triggering event, which the launch's own events continue. */
  readonly depth: number
  readonly rootId: string
  readonly rootReceived: Instant
  readonly traceparent: string | null
  /** Set when the firing must not launch: the loop brake. */
  readonly refused: Refusal | null
}

export interface Refusal {
  readonly code: 'loop_guard'
  readonly detail: string
  /** Whether an event says so. The later refusals of a chain raise none, or they would keep it going. */
  readonly announced: boolean
}
