import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type Loop, startLoop } from '../lib/loop.ts'
import type { Store } from './store.ts'

/** Rows removed per table and call: a call holds the writer for a few milliseconds at most. */
const ROWS_PER_CALL = 500
/** Time between two rounds, in microseconds. */
const EVERY_US = 60_000_000

export interface Retention {
  /** Microseconds events are kept, and their ids remembered. */
  readonly events: number
  /** Microseconds the launch log, runs and their ids are kept. */
  readonly launches: number
}

/** Removes what is older than retention allows, a little at a time. */
export function startRetention(options: {
  readonly store: Pick<Store, 'retain'>
  readonly retention: Retention
  readonly clock: Clock
  readonly log: Log
}): Loop {
  const { store, retention, clock, log } = options
  const loop = startLoop({
    clock,
    onError: (error) => log.error({ err: error }, 'could not remove old rows'),
    async turn() {
      const now = clock.now()
      const removed = await store.retain({
        eventsBefore: now - retention.events,
        launchesBefore: now - retention.launches,
        batch: ROWS_PER_CALL,
      })
      const total = Object.values(removed).reduce((sum, count) => sum + count, 0)
      if (total > 0) log.debug({ removed }, 'removed old rows')
      return total > 0 ? clock.now() + 10_000 : clock.now() + EVERY_US
    },
  })
  loop.wake()
  return loop
}
