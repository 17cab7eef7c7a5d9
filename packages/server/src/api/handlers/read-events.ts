import { EVENT_BYTES_MAX, type NewEvent, parseEvent } from '@upon/engine'
import { EVENTS_PER_REQUEST_MAX, type Problem } from '@upon/sdk'
import { HttpProblem } from '../http-problem.ts'
import { problemsText } from '../invalid-part.ts'
import { parseJson } from '../parse-json.ts'
import { problemOf } from '../problem.ts'
import type { RawBody } from '../route-handler.ts'

export const NDJSON_TYPE = 'application/x-ndjson'
const NEWLINE = 0x0a

/** Rejected events that are answered with everything that is wrong; each further one with its first mistake. */
const REJECTED_IN_FULL_MAX = 100

export interface Rejected {
  readonly index: number
  readonly problem: Problem
}

export interface ValidEvent {
  readonly index: number
  readonly event: NewEvent
  /** Whether the sender said when it occurred. */
  readonly dated: boolean
}

/** The events of one request, each valid or refused on its own; `index` is the place in the request. */
export interface ReadEvents {
  readonly valid: readonly ValidEvent[]
  readonly rejected: readonly Rejected[]
}

export interface ReadEventsOptions {
  readonly now: number
  readonly newId: () => string
}

/**
 * Reads one event, an array of events, or one event per line. Throws `HttpProblem` when the body as a whole cannot be
 * read; a bad event, or a bad line, is refused alone.
 */
export function readEvents(body: RawBody, options: ReadEventsOptions): ReadEvents {
  const collected = collector(options)
  if (body.mediaType === NDJSON_TYPE) {
    for (const { line, bytes } of linesOf(body.bytes)) addLine(collected, line, bytes)
  } else {
    const parsed = parseJson(body.bytes)
    const events = Array.isArray(parsed) ? parsed : [parsed]
    if (events.length > EVENTS_PER_REQUEST_MAX) throw tooMany(events.length)
    // A body below the limit of one event holds no event above it, so only larger ones are measured.
    const measured = body.bytes.length > EVENT_BYTES_MAX
    for (const event of events) addEvent(collected, event, measured ? byteLength(event) : 0)
  }
  if (collected.count === 0) throw new HttpProblem('invalid_request', 'the body holds no event')
  return collected
}

interface Collector extends ReadEvents {
  count: number
  accept(input: unknown): void
  refuse(problem: Problem): void
}

function collector(options: ReadEventsOptions): Collector {
  const valid: ValidEvent[] = []
  const rejected: Rejected[] = []
  const made: Collector = {
    valid,
    rejected,
    count: 0,
    accept(input) {
      const parsed = parseEvent(input, options)
      if (!parsed.ok) {
        const problems = rejected.length < REJECTED_IN_FULL_MAX ? parsed.problems : parsed.problems.slice(0, 1)
        made.refuse(problemOf('invalid_request', problemsText(parsed.problems), { problems }))
        return
      }
      valid.push({ index: made.count, event: parsed.event, dated: isDated(input) })
      made.count += 1
    },
    refuse(problem) {
      rejected.push({ index: made.count, problem })
      made.count += 1
    },
  }
  return made
}

const isDated = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'occurred' in input && input.occurred !== undefined

function addEvent(collected: Collector, event: unknown, bytes: number): void {
  if (bytes > EVENT_BYTES_MAX) {
    const detail = `the event has ${bytes} bytes, at most ${EVENT_BYTES_MAX} are possible; send a reference to large data`
    collected.refuse(problemOf('too_large', detail, { members: { bytes_max: EVENT_BYTES_MAX } }))
  } else collected.accept(event)
}

function addLine(collected: Collector, line: number, bytes: Buffer): void {
  if (collected.count >= EVENTS_PER_REQUEST_MAX) throw tooMany(collected.count + 1)
  try {
    addEvent(collected, parseJson(bytes, line), bytes.length)
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error
    collected.refuse(problemOf(error.code, error.message, { members: { ...error.extras.members, line } }))
  }
}

/** The lines that are not blank; lines count from 1. */
function* linesOf(bytes: Buffer): Generator<{ line: number; bytes: Buffer }> {
  let start = 0
  for (let line = 1; start < bytes.length; line += 1) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    const content = bytes.subarray(start, end)
    if (!isBlank(content)) yield { line, bytes: content }
    start = end + 1
  }
}

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)

const byteLength = (event: unknown): number => Buffer.byteLength(JSON.stringify(event) ?? '')

function tooMany(count: number): HttpProblem {
  return new HttpProblem(
    'too_large',
    `the request holds ${count} events or more, at most ${EVENTS_PER_REQUEST_MAX} are possible; send them in parts`,
    { members: { events_max: EVENTS_PER_REQUEST_MAX } },
  )
}
