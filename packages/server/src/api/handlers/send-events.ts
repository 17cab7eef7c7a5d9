import { SECOND } from '@upon/engine'
import type { IngestAnswer, ProblemCode } from '@upon/sdk'
import { LAG_MAX_US } from '../../decide/decider.ts'
import type { AppendResult, NewEntry } from '../../store/log-store.ts'
import type { ApiDeps } from '../deps.ts'
import { HttpProblem } from '../http-problem.ts'
import { later, problemOf } from '../problem.ts'
import type { HandlersOf } from '../route-handler.ts'
import { type ReadEvents, readEvents, type ValidEvent } from './read-events.ts'

type Deps = Pick<ApiDeps, 'ingest' | 'decider' | 'metrics' | 'clock' | 'newId'>

/** The way in: what is accepted is durable before the answer. */
export function sendEventsHandler(deps: Deps): HandlersOf<'sendEvents'> {
  return {
    async sendEvents({ body, query, project }) {
      checkLag(deps)
      const read = readEvents(body, { now: deps.clock.now(), newId: deps.newId })
      const atomic = query.atomic
      const blocked = atomic && read.rejected.length > 0
      const entries = blocked ? [] : read.valid.map((valid) => entryOf(valid, project.id))
      const results = await deps.ingest.append(entries, { atomic })
      const answer = answerOf(read, results, atomic)
      deps.metrics.eventsAnswered('duplicate', answer.duplicates.length)
      deps.metrics.eventsAnswered('rejected', answer.rejected.length)
      if (answer.accepted.length + answer.duplicates.length === 0 || (atomic && answer.rejected.length > 0)) {
        throw noneAccepted(answer, atomic)
      }
      return { status: 200, body: answer }
    },
  }
}

/** While deciding lags this far behind, more events would only make the wait longer. */
function checkLag({ decider }: Deps): void {
  const lag = decider.lag()
  if (lag <= LAG_MAX_US) return
  const detail = `deciding is ${Math.round(lag / SECOND)} s behind the events already recorded; nothing was recorded`
  throw later('overloaded', detail, 5)
}

function entryOf({ event, dated }: ValidEvent, project: string): NewEntry {
  return {
    kind: 'event',
    event: {
      project,
      id: event.id,
      source: event.source,
      event: event.event,
      occurred: event.occurred,
      occurredText: dated ? event.occurredText : '',
      resource: event.resource,
      related: event.related,
      payload: event.payload,
      follows: event.follows,
      depth: 0,
      rootId: null,
      rootReceived: null,
      traceparent: event.traceparent,
    },
  }
}

function answerOf(read: ReadEvents, results: readonly AppendResult[], atomic: boolean): IngestAnswer {
  const answer: IngestAnswer = { accepted: [], duplicates: [], rejected: [...read.rejected] }
  const keptOut = atomic && results.some(({ outcome }) => outcome === 'conflict')
  for (const [at, { outcome, position }] of results.entries()) {
    const valid = read.valid[at]
    if (valid === undefined) continue
    const { index, event } = valid
    if (outcome === 'conflict') answer.rejected.push({ index, problem: idConflict(event.id, position) })
    else if (outcome === 'duplicate') answer.duplicates.push({ index, id: event.id, position })
    else if (!keptOut) answer.accepted.push({ index, id: event.id, position })
  }
  answer.rejected.sort((a, b) => a.index - b.index)
  return answer
}

/** `position` is 0 for another event of a request that is kept out as a whole. */
function idConflict(id: string, position: number) {
  const before = position === 0 ? 'comes before it in this request' : `was recorded before, at position ${position}`
  const members = position === 0 ? { id } : { id, position }
  return problemOf('id_conflict', `an event with the id ${id} and other content ${before}`, { members })
}

/** The one code all refusals share, with all that is wrong; mixed ones are an invalid request. */
function noneAccepted(answer: IngestAnswer, atomic: boolean): HttpProblem {
  const [first] = answer.rejected
  const codes = new Set(answer.rejected.map(({ problem }) => problem.code))
  const code = codes.size === 1 ? codeOf(first?.problem.code) : 'invalid_request'
  const several = answer.rejected.length > 1 || answer.duplicates.length > 0
  const nothing = atomic ? 'nothing was recorded, as one event is refused' : 'no event was recorded'
  const where = several || atomic ? `${nothing}; event ${first?.index ?? 0}: ` : ''
  return new HttpProblem(code, where + (first?.problem.detail ?? ''), {
    ...(first?.problem.problems !== undefined && { problems: first.problem.problems }),
    members: { ...answer },
  })
}

function codeOf(code: string | undefined): ProblemCode {
  const refusals: readonly ProblemCode[] = ['too_large', 'id_conflict', 'malformed_body']
  return refusals.find((known) => known === code) ?? 'invalid_request'
}
