import { SECOND } from '@upon/engine'
import { type Attempt, type AttemptOptions, beginAttempt } from './attempt.ts'
import type { ClaimedRun } from './claim-runs.ts'

/** How long a stopping worker goes on saying how its runs ended to a server that does not answer. */
const LAST_WORDS_US = 5 * SECOND

export interface AttemptSlots {
  readonly attempts: ReadonlySet<Attempt>
  /** Attempts that may begin now. */
  readonly free: number
  begin(claimed: ClaimedRun): void
  /** Resolves when the next attempt ends. */
  freed(): Promise<void>
  /** Ends all processes; resolves when each was reported, or the server was silent for too long. */
  stop(): Promise<void>
}

export interface SlotOptions extends Omit<AttemptOptions, 'claimed' | 'givenUp'> {
  /** Attempts at the same time. */
  readonly concurrency: number
}

/** What a worker executes at the same time. */
export function createAttemptSlots(options: SlotOptions): AttemptSlots {
  const { concurrency, clock, graceMs } = options
  const attempts = new Set<Attempt>()
  const givenUp = new AbortController()
  let notifyFreed = () => {}

  return {
    attempts,
    get free() {
      return concurrency - attempts.size
    },
    begin(claimed) {
      const attempt = beginAttempt({ ...options, claimed, givenUp: givenUp.signal })
      attempts.add(attempt)
      void attempt.ended.then(() => {
        attempts.delete(attempt)
        notifyFreed()
      })
    },
    freed: () =>
      new Promise((resolve) => {
        notifyFreed = resolve
      }),
    async stop() {
      for (const attempt of attempts) attempt.stop()
      const cancelTimer = clock.at(clock.now() + graceMs * 1_000 + LAST_WORDS_US, () => givenUp.abort())
      await Promise.all([...attempts].map((attempt) => attempt.ended))
      cancelTimer()
    },
  }
}
