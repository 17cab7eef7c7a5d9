import { LOG_LINE_CHARS_MAX } from '@upon/sdk'
import { LRUCache } from 'lru-cache'
import type { LogLineRow } from '../store/run-table.ts'

/** Log lines kept of one attempt. */
export const LOG_LINES_MAX = 1_000_000
/** Characters of log kept of one attempt. */
export const LOG_CHARS_MAX = 100_000_000
/** Attempts whose logs are counted at a time; the count of one not heard of for longest starts again. */
const COUNTED_MAX = 10_000

interface Used {
  lines: number
  chars: number
  cut: boolean
}

export interface LogLimits {
  readonly linesMax: number
  readonly charsMax: number
}

/** Keeps the log of one attempt from filling the disk. */
export interface LogBudget {
  /** The lines that may be kept: where the limit is passed, a line that says so, and none after it. */
  admit(runId: string, lines: readonly LogLineRow[]): readonly LogLineRow[]
}

export function createLogBudget(limits: LogLimits = { linesMax: LOG_LINES_MAX, charsMax: LOG_CHARS_MAX }): LogBudget {
  const counts = new LRUCache<string, Used>({ max: COUNTED_MAX })

  return {
    admit(runId, lines) {
      const first = lines[0]
      if (first === undefined) return []
      const key = `${runId}:${first.attempt}`
      const used = counts.get(key) ?? { lines: 0, chars: 0, cut: false }
      counts.set(key, used)
      return admitted(lines, used, limits)
    },
  }
}

function admitted(lines: readonly LogLineRow[], used: Used, { linesMax, charsMax }: LogLimits): readonly LogLineRow[] {
  const kept: LogLineRow[] = []
  for (const line of lines) {
    if (used.cut) break
    const text = line.text.slice(0, LOG_LINE_CHARS_MAX)
    if (used.lines + 1 > linesMax || used.chars + text.length > charsMax) {
      used.cut = true
      const limit = `${linesMax} lines or ${charsMax} characters`
      kept.push({ ...line, stream: 'system', text: `the log of this attempt is longer than ${limit}; the rest is cut` })
      break
    }
    used.lines += 1
    used.chars += text.length
    kept.push({ ...line, text })
  }
  return kept
}
