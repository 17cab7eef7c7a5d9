import { MILLISECOND, SECOND } from '@upon/engine'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { RefusedError } from './worker-source.ts'

const RETRY_MIN_US = 100 * MILLISECOND
const RETRY_MAX_US = 5 * SECOND

export interface Delivery {
  readonly clock: Clock
  readonly log: Log
  /** What is said, for the log. */
  readonly what: string
  /** Ends the attempts. */
  readonly signal: AbortSignal
}

/**
 * Says something to the server until it is heard, with pauses that grow to 5 s: a worker that is cut off keeps what it
 * has to say. `refused` when the server does not want to hear it, `given-up` when the signal aborted first.
 */
export async function deliver(
  send: () => Promise<void>,
  { clock, log, what, signal }: Delivery,
): Promise<'delivered' | 'refused' | 'given-up'> {
  for (let pause = RETRY_MIN_US; ; pause = Math.min(pause * 2, RETRY_MAX_US)) {
    try {
      await send()
      return 'delivered'
    } catch (error) {
      if (error instanceof RefusedError) {
        log.info({ reason: error.message }, `the server refused ${what}`)
        return 'refused'
      }
      log.warn({ err: error }, `could not deliver ${what}; trying again in ${pause / SECOND} s`)
    }
    if (signal.aborted) return 'given-up'
    await pauseFor(clock, pause, signal)
  }
}

/** Resolves after `duration` microseconds, or when the signal aborts. */
export function pauseFor(clock: Clock, duration: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.at(clock.now() + duration, end)
    function end(): void {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
