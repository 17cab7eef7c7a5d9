import type { Instant } from '@upon/engine'
import type { AppendResult, NewEntry, NewLogEvent } from '../log-store.ts'
import type { SqliteDatabase } from './driver.ts'
import { type Bodies, bodiesOf, type StoredContent, sameContent } from './event-content.ts'

export interface AppendOptions {
  readonly now: Instant
  readonly raised?: readonly number[]
  readonly atomic?: boolean
}

/** Thrown inside the transaction of an atomic batch to take back what was written; never leaves the store. */
export class AtomicConflict extends Error {
  readonly results: readonly AppendResult[]
  constructor(results: readonly AppendResult[]) {
    super('an atomic batch holds a conflict')
    this.results = results
  }
}

export interface Appended {
  readonly results: readonly AppendResult[]
  /** Of the JSON in the batch. */
  readonly chars: number
}

interface Head {
  readonly position: number
  readonly received: Instant
}

const INSERT_EVENT = `
INSERT INTO log (position, received, project, kind, event_id, source, name, occurred, occurred_text, resource_id, follows,
                 depth, root_id, root_received, traceparent, resource, related, payload)
VALUES (?, ?, ?, 'event', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (project, event_id, source) WHERE event_id IS NOT NULL DO NOTHING`

const SAME_IDENTITY = `
SELECT position, received, name, occurred, follows, resource, related, payload
FROM log WHERE project = ? AND event_id = ? AND source = ?`

/**
 * Appends a batch inside the caller's transaction: one prepared insert in a loop, which beats multi-row statements in
 * SQLite. Positions are dense, since only this connection writes.
 */
export function createAppend(db: SqliteDatabase) {
  const head = db.prepare<Head>('SELECT position, received FROM log ORDER BY position DESC LIMIT 1')
  const insertEvent = db.prepare(INSERT_EVENT)
  const insertAutomation = db.prepare(
    "INSERT INTO log (position, received, project, kind, automation_id, automation_version) VALUES (?, ?, ?, 'automation', ?, ?)",
  )
  const insertClock = db.prepare(
    "INSERT INTO log (position, received, project, kind, resumed) VALUES (?, ?, ?, 'clock', ?)",
  )
  const sameIdentity = db.prepare<StoredContent & Head>(SAME_IDENTITY)
  const removeRaised = db.prepare('DELETE FROM raised WHERE sequence = ?')

  let chars = 0

  function existing(event: NewLogEvent, bodies: Bodies): AppendResult {
    const first = sameIdentity.get(event.project, event.id, event.source)
    if (first === undefined) throw new Error(`event ${event.id} was neither inserted nor found`)
    const outcome = sameContent(first, event, bodies) ? 'duplicate' : 'conflict'
    return { outcome, position: first.position, received: first.received }
  }

  function appendEvent(event: NewLogEvent, position: number, received: Instant): AppendResult {
    const bodies = bodiesOf(event)
    chars += bodies.resource.length + bodies.related.length + bodies.payload.length
    const { changes } = insertEvent.run(
      position,
      received,
      event.project,
      event.id,
      event.source,
      event.event,
      event.occurred,
      event.occurredText,
      event.resource['prefect.resource.id'] ?? '',
      event.follows,
      event.depth,
      event.rootId,
      event.rootReceived,
      event.traceparent,
      bodies.resource,
      bodies.related,
      bodies.payload,
    )
    return changes === 0 ? existing(event, bodies) : { outcome: 'appended', position, received }
  }

  function appendEntry(entry: NewEntry, position: number, received: Instant): AppendResult {
    if (entry.kind === 'event') return appendEvent(entry.event, position, received)
    if (entry.kind === 'clock') insertClock.run(position, received, entry.project, entry.resumed ? 1 : 0)
    else insertAutomation.run(position, received, entry.project, entry.automationId, entry.version)
    return { outcome: 'appended', position, received }
  }

  return function append(entries: readonly NewEntry[], options: AppendOptions): Appended {
    const start = head.get() ?? { position: 0, received: 0 }
    chars = 0
    let { position, received } = start
    const results = entries.map((entry) => {
      const result = appendEntry(entry, position + 1, Math.max(received + 1, options.now))
      if (result.outcome === 'appended') ({ position, received } = result)
      return result
    })
    if (options.atomic && results.some((result) => result.outcome === 'conflict')) {
      throw new AtomicConflict(takenBack(results, start.position))
    }
    for (const sequence of options.raised ?? []) removeRaised.run(sequence)
    return { results, chars }
  }
}

/** Positions given out in this batch are void, also where a duplicate inside the batch named one. */
const takenBack = (results: readonly AppendResult[], head: number): readonly AppendResult[] =>
  results.map((result) => (result.position > head ? { ...result, position: 0 } : result))
