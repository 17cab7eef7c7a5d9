import type { Labels } from '../event/logged-event.ts'
import type { LabelSpec, Trigger } from '../grammar/trigger.ts'
import { compileNamePattern, compilePattern, NOTHING, type Pattern, patternAccepts } from './pattern.ts'

/** What of an event decides whether a trigger matches it. */
export interface Matchable {
  readonly event: string
  readonly resource: Labels
  readonly related: readonly Labels[]
}

/**
 * One label and the patterns any of which its value may match; the clause is itself the first of them. Asking a trigger
 * of a hundred thousand costs what reading its scattered objects from memory costs, hence one object instead of five.
 */
export interface LabelClause extends Pattern {
  readonly label: string
  readonly others: readonly Pattern[]
  /** The next clause of the same specification, all of which must hold. */
  readonly next: LabelClause | null
}

/** A trigger's name, `match` and `match_related` rules, ready to be asked. */
export interface Predicate {
  readonly expect: readonly Pattern[]
  readonly after: readonly Pattern[]
  readonly match: LabelClause | null
  /** Each must hold for some related resource. */
  readonly related: readonly LabelClause[]
}

export function compilePredicate(trigger: Trigger): Predicate {
  return {
    expect: compact(trigger.expect.map(compileNamePattern)),
    after: compact(trigger.after.map(compileNamePattern)),
    match: compileClauses(trigger.match),
    related: compact(trigger.matchRelated.map(compileClauses).filter((clauses) => clauses !== null)),
  }
}

const NONE: readonly never[] = []

// A hundred thousand triggers have several hundred thousand empty lists.
function compact<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list
}

function compileClauses(spec: LabelSpec): LabelClause | null {
  return Object.entries(spec).reduceRight<LabelClause | null>((next, [label, values]) => {
    const [first = NOTHING, ...others] = values.map(compilePattern)
    const { source, negated, form, text, head, glob } = first
    return { label, source, negated, form, text, head, glob, others: compact(others), next }
  }, null)
}

/** All clauses of a specification. */
export function clausesOf(first: LabelClause | null): LabelClause[] {
  const clauses: LabelClause[] = []
  for (let clause = first; clause !== null; clause = clause.next) clauses.push(clause)
  return clauses
}

/** The patterns any of which the clause's label may match. */
export function patternsOf(clause: LabelClause): Pattern[] {
  return clause.form === 'none' ? [] : [clause, ...clause.others]
}

/** Whether the event is one the trigger waits for: name, resource and related resources all fit. */
export function predicateAccepts(predicate: Predicate, event: Matchable): boolean {
  return nameCovered(predicate, event.event) && labelsAccept(predicate, event)
}

/** Whether the resource and the related resources fit, whatever the event's name. */
export function labelsAccept({ match, related }: Pick<Predicate, 'match' | 'related'>, event: Matchable): boolean {
  if (!clausesAccept(match, event.resource)) return false
  for (const clauses of related) if (!someAccepts(clauses, event.related)) return false
  return true
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

function clausesAccept(first: LabelClause | null, labels: Labels): boolean {
  for (let clause = first; clause !== null; clause = clause.next) if (!clauseAccepts(clause, labels)) return false
  return true
}

function someAccepts(clauses: LabelClause, resources: readonly Labels[]): boolean {
  for (const labels of resources) if (clausesAccept(clauses, labels)) return true
  return false
}

/** A label that is not there fails every pattern, negations included. */
export function clauseAccepts(clause: LabelClause, labels: Labels): boolean {
  const value = labelOf(labels, clause.label)
  return value !== undefined && (patternAccepts(clause, value) || anyAccepts(clause.others, value))
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
