import type { Labels } from '../event/logged-event.ts'
import { ID_LABEL } from '../grammar/labels.ts'
import type { Trigger } from '../grammar/trigger.ts'
import {
  clauseAccepts,
  clausesOf,
  compilePredicate,
  isAfter,
  isExpected,
  type LabelClause,
  labelOf,
  type Matchable,
  patternsOf,
  predicateAccepts,
} from '../match/predicate.ts'

/** Why an event matches a trigger or does not, rule by rule. */
export interface MatchReport {
  readonly matched: boolean
  readonly name: NameReport
  readonly match: readonly ClauseReport[]
  readonly related: readonly RelatedReport[]
}

export interface NameReport {
  readonly ok: boolean
  readonly found: string
  /** As what the name is taken; null where the trigger does not wait for it. */
  readonly role: 'expect' | 'after' | 'both' | null
  readonly expect: readonly string[]
  readonly after: readonly string[]
}

/** One label and what was wanted of it. */
export interface ClauseReport {
  /** Where in the trigger: `match.prefect.resource.id`. */
  readonly path: string
  readonly label: string
  readonly ok: boolean
  /** The label's value; null where the resource has no such label. */
  readonly found: string | null
  /** The patterns any of which would do, as written. */
  readonly wanted: readonly string[]
}

/** One specification of `match_related`, shown against the related resource that comes closest. */
export interface RelatedReport {
  readonly path: string
  readonly ok: boolean
  /** Id of the closest related resource; null where the event has none. */
  readonly closest: string | null
  readonly clauses: readonly ClauseReport[]
}

/** Reports how each rule of the trigger's `expect`, `after`, `match` and `match_related` judges the event. */
export function explainMatch(trigger: Trigger, event: Matchable): MatchReport {
  const predicate = compilePredicate(trigger)
  const expected = isExpected(predicate, event.event)
  const after = isAfter(predicate, event.event)
  return {
    matched: predicateAccepts(predicate, event),
    name: {
      ok: expected || after,
      found: event.event,
      role: expected ? (after ? 'both' : 'expect') : after ? 'after' : null,
      expect: trigger.expect,
      after: trigger.after,
    },
    match: clausesOf(predicate.match).map((clause) => reportClause(clause, event.resource, 'match')),
    related: predicate.related.map((clauses, place) =>
      reportRelated(clausesOf(clauses), event.related, `match_related[${place}]`),
    ),
  }
}

function reportClause(clause: LabelClause, labels: Labels, path: string): ClauseReport {
  return {
    path: `${path}.${clause.label}`,
    label: clause.label,
    ok: clauseAccepts(clause, labels),
    found: labelOf(labels, clause.label) ?? null,
    wanted: patternsOf(clause).map(({ source }) => source),
  }
}

function reportRelated(clauses: readonly LabelClause[], related: readonly Labels[], path: string): RelatedReport {
  const candidates = related.map((labels) => ({
    id: labels[ID_LABEL] ?? null,
    clauses: clauses.map((clause) => reportClause(clause, labels, path)),
  }))
  const closest = candidates.reduce<(typeof candidates)[number] | null>(
    (best, candidate) => (best === null || fitting(candidate.clauses) > fitting(best.clauses) ? candidate : best),
    null,
  )
  const reports = closest?.clauses ?? clauses.map((clause) => reportClause(clause, {}, path))
  return { path, ok: closest !== null && reports.every(({ ok }) => ok), closest: closest?.id ?? null, clauses: reports }
}

function fitting(clauses: readonly ClauseReport[]): number {
  return clauses.filter(({ ok }) => ok).length
}

/** Says in one sentence per failed rule why the event does not match; empty when it does. */
export function describeMismatch(report: MatchReport): string[] {
  return [
    ...(report.name.ok ? [] : [describeName(report.name)]),
    ...report.match.filter(({ ok }) => !ok).map(describeClause),
    ...report.related.filter(({ ok }) => !ok).map(describeRelated),
  ]
}

function describeName({ found, expect, after }: NameReport): string {
  if (found === '') return 'the event has no name'
  const wanted = [...new Set([...expect, ...after])]
  return `the event is ${quoted(found)}, wanted ${anyOf(wanted)}`
}

function describeClause({ label, found, wanted }: ClauseReport): string {
  const is = found === null ? `${label} is missing` : `${label} is ${quoted(found)}`
  return wanted.length === 0 ? `${is}, and an empty list of values matches nothing` : `${is}, wanted ${anyOf(wanted)}`
}

function describeRelated({ closest, clauses }: RelatedReport): string {
  if (closest === null) {
    const wanted = clauses.map((clause) => `${clause.label} ${anyOf(clause.wanted)}`).join(' and ')
    return `the event has no related resource, wanted one with ${wanted}`
  }
  const failed = clauses.filter(({ ok }) => !ok).map(describeClause)
  return `no related resource fits; of the closest, ${quoted(closest)}, ${failed.join(' and ')}`
}

function anyOf(patterns: readonly string[]): string {
  return patterns
    .map((pattern) => (pattern.startsWith('!') ? `anything but ${quoted(pattern.slice(1))}` : quoted(pattern)))
    .join(' or ')
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
