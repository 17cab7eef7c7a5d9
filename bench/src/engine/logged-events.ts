import type { Entry, EventEntry, LoggedEvent } from '@upon/engine'
import { createEventSource, type EventWorkload, type WorkloadEvent } from '../workload/events.ts'

/** Time from one event to the next on the log clock: 1,000 a second. */
const STEP_US = 1_000
const BEGIN_US = Date.UTC(2026, 0, 1) * 1_000

/** The JSON texts of the first events of a workload. */
export function eventTexts(workload: EventWorkload, count: number): readonly string[] {
  const next = createEventSource(workload)
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify(next(new Date((BEGIN_US + index * STEP_US) / 1_000))),
  )
}

/** Entries as the log's reader gives them to the engine, from `position` on. */
export function entriesFrom(texts: readonly string[], position: number): readonly Entry[] {
  return texts.map((text, index) => entryOf(text, position + index))
}

function entryOf(text: string, position: number): EventEntry {
  const received = BEGIN_US + position * STEP_US
  const event = logged(parsed(text), position, received)
  return { kind: 'event', position, received, project: 'default', event, leaderPosition: null }
}

// The texts were written by `eventTexts`.
const parsed = (text: string): WorkloadEvent & { payload: LoggedEvent['payload'] } => JSON.parse(text)

function logged(
  sent: WorkloadEvent & { payload: LoggedEvent['payload'] },
  position: number,
  received: number,
): LoggedEvent {
  return {
    // A repeat sends the same events again; only their identity must differ.
    id: `${sent.id.slice(0, -8)}${position.toString(16).padStart(8, '0')}`,
    source: 'api',
    event: sent.event,
    occurred: received,
    occurredText: sent.occurred,
    received,
    position,
    resource: sent.resource,
    related: sent.related,
    payload: sent.payload,
    follows: null,
    depth: 0,
    rootId: sent.id,
    rootReceived: received,
    traceparent: null,
  }
}
