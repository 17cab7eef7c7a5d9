import type { Clock } from './clock.ts'

/** A clock that moves only when told to, for tests. */
export interface ManualClock extends Clock {
  /** Moves to `to` and runs what became due, in order of time. */
  moveTo(to: number): void
  advance(by: number): void
}

export function manualClock(start: number): ManualClock {
  let now = start
  let timers: { at: number; run: () => void }[] = []
  const clock: ManualClock = {
    now: () => now,
    at(at, run) {
      const timer = { at, run }
      timers.push(timer)
      if (at <= now) queueMicrotask(() => clock.moveTo(now))
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    moveTo(to) {
      now = Math.max(now, to)
      for (;;) {
        const due = timers.filter((timer) => timer.at <= now).sort((a, b) => a.at - b.at)[0]
        if (due === undefined) return
        timers = timers.filter((other) => other !== due)
        due.run()
      }
    },
    advance: (by) => clock.moveTo(now + by),
  }
  return clock
}
