/** What a command may touch of the world around it. */
export interface Terminal {
  /** Writes to standard output as it is. */
  out(text: string): void
  /** Writes to standard error as it is. */
  err(text: string): void
  /** Resolves when what was written has been taken, so that a stream waits for a slow reader. */
  flushed(): Promise<void>
  /** Everything on standard input. */
  readInput(): Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute directory that paths on the command line start from. */
  readonly directory: string
  readonly color: boolean
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms` milliseconds, or as soon as the signal aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /**
   * Aborts on Ctrl-C, SIGTERM, a closed window and output that nobody reads any more, from the first time it is asked
   * for; before that those end the process.
   */
  interrupted(): AbortSignal
}
