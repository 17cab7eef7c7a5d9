/** The one source of time. Everything below `main.ts` takes it as an argument. */
export interface Clock {
  /** Microseconds since 1970 UTC. */
  now(): number
  /** Calls `run` once `at` is reached, soon if it has passed; returns what cancels it. */
  at(at: number, run: () => void): () => void
}

/** Timers longer than 2^31 ms fire at once in Node, so a longer wait is taken in steps of an hour. */
const TIMER_STEP_MS = 3_600_000

export const systemClock: Clock = {
  now: () => Date.now() * 1000,
  at(at, run) {
    let timer: NodeJS.Timeout
    const wait = () => {
      const leftMs = Math.ceil(at / 1000 - Date.now())
      if (leftMs <= 0) {
        timer = setTimeout(run, 0)
      } else {
        timer = setTimeout(leftMs > TIMER_STEP_MS ? wait : run, Math.min(leftMs, TIMER_STEP_MS))
      }
      timer.unref()
    }
    wait()
    return () => clearTimeout(timer)
  },
}
