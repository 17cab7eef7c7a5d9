import type { Labels } from '../event/logged-event.ts'
import type { LabelSpec, Trigger } from '../grammar/trigger.ts'
import { compileNamePattern, compilePattern, type Pattern, patternAccepts } from './pattern.ts'

/** What of an event decides whether a trigger matches it. */
export interface Matchable {
  readonly event: string
  readonly resource: Labels
  readonly related: readonly Labels[]
}

/** One label and the values any of which it may have. */
export interface LabelClause {
  readonly label: string
  readonly anyOf: readonly Pattern[]
}

/** A trigger's name, `match` and `match_related` rules, ready to be asked. */
export interface Predicate {
  readonly expect: readonly Pattern[]
  readonly after: readonly Pattern[]
  readonly match: readonly LabelClause[]
  readonly related: readonly (readonly LabelClause[])[]
}

export function compilePredicate(trigger: Trigger): Predicate {
  return {
    expect: trigger.expect.map(compileNamePattern),
    after: trigger.after.map(compileNamePattern),
    match: compileClauses(trigger.match),
    related: trigger.matchRelated.map(compileClauses).filter((clauses) => clauses.length > 0),
  }
}

function compileClauses(spec: LabelSpec): LabelClause[] {
  return Object.entries(spec).map(([label, values]) => ({ label, anyOf: values.map(compilePattern) }))
}

/** Whether the event is one the trigger waits for: name, resource and related resources all fit. */
export function predicateAccepts(predicate: Predicate, event: Matchable): boolean {
  return (
    nameCovered(predicate, event.event) &&
    clausesAccept(predicate.match, event.resource) &&
    predicate.related.every((clauses) => someAccepts(clauses, event.related))
  )
}

export function nameCovered(predicate: Predicate, name: string): boolean {
  return isExpected(predicate, name) || isAfter(predicate, name)
}

/** Whether events of this name count. An empty `expect` takes any name but the empty one. */
export function isExpected(predicate: Predicate, name: string): boolean {
  return name !== '' && (predicate.expect.length === 0 || anyAccepts(predicate.expect, name))
}

/** Whether events of this name arm the trigger. */
export function isAfter(predicate: Predicate, name: string): boolean {
  return name !== '' && anyAccepts(predicate.after, name)
}

export function clausesAccept(clauses: readonly LabelClause[], labels: Labels): boolean {
  for (const clause of clauses) if (!clauseAccepts(clause, labels)) return false
  return true
}

export function someAccepts(clauses: readonly LabelClause[], resources: readonly Labels[]): boolean {
  for (const labels of resources) if (clausesAccept(clauses, labels)) return true
  return false
}

/** A label that is not there fails every pattern, negations included. */
export function clauseAccepts(clause: LabelClause, labels: Labels): boolean {
  const value = labelOf(labels, clause.label)
  return value !== undefined && anyAccepts(clause.anyOf, value)
}

// Label names come from outside: `constructor` must not be found on the object's prototype.
export function labelOf(labels: Labels, label: string): string | undefined {
  const value: unknown = labels[label]
  return typeof value === 'string' ? value : undefined
}

function anyAccepts(patterns: readonly Pattern[], value: string): boolean {
  for (const pattern of patterns) if (patternAccepts(pattern, value)) return true
  return false
}
