import type { Observation } from '@upon/engine'

/**
 * What the stages tell live views, in the order it was committed. Messages say where to look and carry no rows:
 * publishing costs nothing while nobody watches, and what is shown is how things are when it is shown.
 */
export type LiveMessage =
  /** The log reaches to `position` now. */
  | { readonly kind: 'appended'; readonly position: number }
  | { readonly kind: 'launch'; readonly project: string; readonly id: string }
  | { readonly kind: 'run'; readonly project: string; readonly id: string }
  /** New log lines of a run. */
  | { readonly kind: 'logs'; readonly project: string; readonly run: string }
  | { readonly kind: 'observation'; readonly project: string; readonly observation: Observation; readonly at: number }
