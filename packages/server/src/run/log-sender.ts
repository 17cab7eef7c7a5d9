import { MILLISECOND } from '@upon/engine'
import { LOG_LINES_PER_REQUEST_MAX } from '@upon/sdk'
import type { Clock } from '../lib/clock.ts'
import type { LogLineRow } from '../store/run-table.ts'
import type { LogLine, LogSink } from './executor/log-line.ts'

/** Characters one batch carries before the next one begins. */
const BATCH_CHARS_MAX = 512_000
/** Pause after a batch that was not full, so that a chatty process does not commit line by line. */
const PAUSE_US = 20 * MILLISECOND

interface Batch {
  readonly lines: LogLineRow[]
  chars: number
  readonly sent: Promise<void>
  readonly settle: () => void
}

export interface LogSenderOptions {
  readonly attempt: number
  readonly clock: Clock
  /** Resolves when the lines are safe or nobody wants them; never rejects. */
  readonly send: (lines: readonly LogLineRow[]) => Promise<void>
}

/**
 * A sink that sends one attempt's lines in order, in batches that form while the one before is on its way. What it
 * holds is bounded by the executor, which stops reading the process while too much of it is unsent.
 */
export function createLogSender({ attempt, clock, send }: LogSenderOptions): LogSink {
  const batches: Batch[] = []
  let sending = false

  async function sendAll(): Promise<void> {
    sending = true
    // What was read from the process at once is offered at once: one batch instead of a line and the rest.
    await Promise.resolve()
    for (let batch = batches[0]; batch !== undefined; batch = batches[0]) {
      batches.shift()
      await send(batch.lines)
      batch.settle()
      if (batches.length < 2) await new Promise<void>((resume) => void clock.at(clock.now() + PAUSE_US, resume))
    }
    sending = false
  }

  return (line: LogLine) => {
    const batch = roomIn(batches)
    batch.lines.push({ attempt, stream: line.stream, at: line.at, text: line.text })
    batch.chars += line.text.length
    if (!sending) void sendAll()
    return batch.sent
  }
}

function roomIn(batches: Batch[]): Batch {
  const last = batches.at(-1)
  if (last !== undefined && last.lines.length < LOG_LINES_PER_REQUEST_MAX && last.chars < BATCH_CHARS_MAX) return last
  let settle = () => {}
  const sent = new Promise<void>((resolve) => {
    settle = resolve
  })
  const batch: Batch = { lines: [], chars: 0, sent, settle }
  batches.push(batch)
  return batch
}
