import type { LogLine, LogSink } from './log-line.ts'

/** While more than this waits for the sink (text plus overhead, in bytes of about one per character), pipes are not read. */
export const LOG_BYTES_PENDING_MAX = 1_048_576

/** What a line costs besides its text, so that a flood of empty lines is bounded too. */
const LINE_OVERHEAD_BYTES = 64

export interface LogGate {
  offer(line: LogLine): void
  full(): boolean
  /** Resolves once half of the limit is free. */
  room(): Promise<void>
  /** Resolves once every line offered so far was taken or lost. */
  flush(): Promise<void>
  /** Lines the sink refused. */
  lost(): number
}

/** Counts what a run's sink has not finished with, over both of its streams. */
export function logGate(sink: LogSink, bytesMax: number = LOG_BYTES_PENDING_MAX): LogGate {
  let pending = 0
  let lost = 0
  let waiting: { below: number; resolve: () => void }[] = []

  function release(size: number): void {
    pending -= size
    if (waiting.length === 0) return
    const ready = waiting.filter((waiter) => pending <= waiter.below)
    waiting = waiting.filter((waiter) => pending > waiter.below)
    for (const waiter of ready) waiter.resolve()
  }

  function whenBelow(below: number): Promise<void> {
    if (pending <= below) return Promise.resolve()
    return new Promise((resolve) => waiting.push({ below, resolve }))
  }

  return {
    offer(line) {
      const size = line.text.length + LINE_OVERHEAD_BYTES
      pending += size
      const refused = () => {
        lost += 1
        release(size)
      }
      try {
        const taken = sink(line)
        if (taken === undefined) release(size)
        else taken.then(() => release(size), refused)
      } catch {
        refused()
      }
    },
    full: () => pending > bytesMax,
    room: () => whenBelow(bytesMax / 2),
    flush: () => whenBelow(0),
    lost: () => lost,
  }
}
