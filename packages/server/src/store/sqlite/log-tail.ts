import type { Entry } from '@upon/engine'
import type { AppendResult, NewEntry } from '../log-store.ts'

/** Entries kept for the decider; one that lags further behind reads from the file. */
const TAIL_ENTRIES_MAX = 5_000
/** Characters of JSON the kept entries may have together. */
const TAIL_CHARS_MAX = 32_000_000

/**
 * What was appended and not read yet, so that the decider, which reads each entry once and right away, need not parse
 * again what was just written. Never more than a shortcut: what it does not hold is read from the file.
 */
export interface LogTail {
  /** Remembers a committed batch, whose JSON has so many characters. */
  add(entries: readonly NewEntry[], results: readonly AppendResult[], chars: number): void
  /** The entries after a position, at most `limit`; null when the tail does not have all of them. Forgets those before. */
  take(after: number, limit: number): Entry[] | null
  /** Entries were removed from the log. */
  forget(): void
}

export function createLogTail(): LogTail {
  /** Ready entries by position, without gaps; null where something must be looked up. */
  let tail: (Entry | null)[] = []
  let first = 0
  let held = 0

  function clear(next: number): void {
    tail = []
    first = next
    held = 0
  }

  return {
    add(entries, results, chars) {
      for (const [index, entry] of entries.entries()) {
        const result = results[index]
        if (result?.outcome !== 'appended') continue
        if (result.position !== first + tail.length) clear(result.position)
        tail.push(readyEntry(entry, result))
      }
      held += chars
      if (tail.length > TAIL_ENTRIES_MAX || held > TAIL_CHARS_MAX) clear(first + tail.length)
    },
    forget: () => clear(first + tail.length),
    take(after, limit) {
      const start = after + 1 - first
      if (start < 0 || start >= tail.length) {
        if (start >= tail.length) clear(first + tail.length)
        return null
      }
      const taken = tail.slice(start, start + limit)
      if (start > 0) {
        tail = tail.slice(start)
        first = after + 1
      }
      const ready = taken.filter((entry) => entry !== null)
      return ready.length === taken.length ? ready : null
    },
  }
}

/** The entry as the file would give it back; null for one that names something stored elsewhere. */
function readyEntry(entry: NewEntry, { position, received }: AppendResult): Entry | null {
  if (entry.kind === 'automation') return null
  if (entry.kind === 'clock') return { ...entry, position, received }
  const { project, ...event } = entry.event
  if (event.follows !== null) return null
  const root = { rootId: event.rootId ?? event.id, rootReceived: event.rootReceived ?? received }
  return {
    kind: 'event',
    position,
    received,
    project,
    event: { ...event, ...root, position, received },
    leaderPosition: null,
  }
}
