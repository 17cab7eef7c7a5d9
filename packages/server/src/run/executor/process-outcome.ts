import type { Json } from '@upon/engine'

export interface FailedOutcome {
  readonly kind: 'failed'
  readonly message: string
  readonly errorType?: string
  readonly traceback?: string
  readonly exitCode: number | null
  readonly signal: string | null
}

/** How an attempt ended: `failed` is the user's code or its set-up, `crashed` what happened to it from outside. */
export type ProcessOutcome = (
  | { readonly kind: 'completed'; readonly result: Json }
  | FailedOutcome
  | { readonly kind: 'timed-out' | 'cancelled' | 'crashed'; readonly message: string }
) & {
  /** Lines the log sink refused; absent when none. */
  readonly logLinesLost?: number
}

/** A failure found before the process existed. */
export function failedBeforeStart(message: string, errorType: string): FailedOutcome {
  return { kind: 'failed', message, errorType, exitCode: null, signal: null }
}
