import type { Instant } from '@upon/engine'

/** One line of a run's log. */
export interface LogLine {
  /** `system` carries the executor's own words, such as a source at another commit than recorded. */
  readonly stream: 'stdout' | 'stderr' | 'system'
  /** When the line was read from the process. */
  readonly at: Instant
  /** Without its line end; longer lines arrive in pieces of at most `LOG_LINE_CHARS_MAX`. */
  readonly text: string
}

/**
 * Takes each line in order. A returned promise says when the line is safe: while more than `LOG_BYTES_PENDING_MAX` wait,
 * the process's pipes are not read. Called again before the last promise settled, so that a sink may write in batches.
 * A sink that throws or rejects has lost that line; the outcome counts them.
 */
export type LogSink = (line: LogLine) => void | Promise<void>
