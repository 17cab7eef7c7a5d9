import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { startLoop } from '../lib/loop.ts'
import type { Store } from '../store/store.ts'

export interface RunWakes {
  /** Resolves at the next wake, at `until`, or when `signal` aborts or the service stops. */
  next(until: number, signal: AbortSignal): Promise<void>
  onWake(listener: () => void): () => void
  wake(): void
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal
  stop(): Promise<void>
}

/** Wakes whoever waits for runs: at once when told to, and when a scheduled run comes due. */
export function createRunWakes(options: { store: Pick<Store, 'read'>; clock: Clock; log: Log }): RunWakes {
  const { store, clock, log } = options
  const listeners = new Set<() => void>()
  const stopping = new AbortController()
  let nextDue = Number.POSITIVE_INFINITY

  const wakeListeners = () => {
    for (const listener of [...listeners]) listener()
  }
  const dueTimer = startLoop({
    clock,
    onError: (error) => log.error({ err: error }, 'could not look for the next scheduled run'),
    async turn() {
      if (clock.now() >= nextDue) wakeListeners()
      const next = await store.read.runs.nextScheduled(clock.now())
      nextDue = next ?? Number.POSITIVE_INFINITY
      return next
    },
  })
  dueTimer.wake()

  return {
    next: (until, signal) =>
      new Promise((resolve) => {
        const cancelTimer = clock.at(until, done)
        const signals = [signal, stopping.signal]
        function done(): void {
          listeners.delete(done)
          cancelTimer()
          for (const each of signals) each.removeEventListener('abort', done)
          resolve()
        }
        listeners.add(done)
        for (const each of signals) each.addEventListener('abort', done)
        if (signals.some((each) => each.aborted)) done()
      }),
    onWake(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    wake() {
      wakeListeners()
      dueTimer.wake()
    },
    stopping: stopping.signal,
    async stop() {
      stopping.abort()
      await dueTimer.stop()
    },
  }
}
