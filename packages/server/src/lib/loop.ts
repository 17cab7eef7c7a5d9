import type { Clock } from './clock.ts'

/** What a turn asks for: another turn at once, one at an instant, or none until woken. */
export type Next = 'again' | number | null

/** A background service: one turn at a time, started by `wake` or by the instant the last turn asked for. */
export interface Loop {
  wake(): void
  /** Resolves when no turn is running and none is asked for now. */
  idle(): Promise<void>
  /** Lets the running turn end and starts no other. */
  stop(): Promise<void>
}

export interface LoopOptions {
  readonly clock: Clock
  readonly turn: () => Promise<Next>
  /**
   * A turn that rejects is reported here and tried again after a pause that doubles up to `RETRY_MAX_US`. The same
   * trouble is reported once in `REPORT_US`: on a full disk each request would write another line to it.
   */
  readonly onError: (error: unknown) => void
}

const RETRY_MIN_US = 50_000
const RETRY_MAX_US = 5_000_000
export const REPORT_US = 10_000_000

export function startLoop({ clock, turn, onError }: LoopOptions): Loop {
  let running: Promise<void> | null = null
  let asked = false
  let stopped = false
  let retryUs = RETRY_MIN_US
  let cancelTimer = () => {}
  let reported = { message: '', at: Number.NEGATIVE_INFINITY }

  function report(error: unknown): void {
    const message = String(error)
    const at = clock.now()
    if (message === reported.message && at - reported.at < REPORT_US) return
    reported = { message, at }
    onError(error)
  }

  const runTurns = async () => {
    while (asked && !stopped) {
      asked = false
      cancelTimer()
      const next = await turn().then(
        (wanted) => {
          retryUs = RETRY_MIN_US
          return wanted
        },
        (error: unknown) => {
          report(error)
          const at = clock.now() + retryUs
          retryUs = Math.min(retryUs * 2, RETRY_MAX_US)
          return at
        },
      )
      if (next === 'again') asked = true
      else if (next !== null && !stopped) cancelTimer = clock.at(next, wake)
    }
  }

  function wake(): void {
    asked = true
    if (running !== null || stopped) return
    running = runTurns().finally(() => {
      running = null
      if (asked && !stopped) wake()
    })
  }

  return {
    wake,
    async idle() {
      while (running !== null) await running
    },
    async stop() {
      stopped = true
      cancelTimer()
      while (running !== null) await running
    },
  }
}
