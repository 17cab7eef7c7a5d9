import { ID_LABEL } from '../grammar/labels.ts'
import { type Anchor, LabelPostings } from './label-postings.ts'
import type { Visit } from './posting-map.ts'
import { clausesOf, type LabelClause, labelOf, type Matchable, type Predicate, patternsOf } from './predicate.ts'

/** The event names a bucket is for: one, all that start so, or any. */
export interface BucketName {
  readonly kind: 'exact' | 'prefix' | 'any'
  readonly text: string
}

type Side = 'own' | 'related'

/** Where an entry is filed, which is what it takes to remove it again. `residual` entries have no anchor. */
export type Filing = 'residual' | { readonly side: Side; readonly label: string; readonly anchors: readonly Anchor[] }

/** Labels of an index that are looked up one by one; beyond it the event's own labels are fewer. */
const LABELS_SCANNED_MAX = 8

/** The triggers that wait for one event name (or name prefix, or any name), each filed under one of its clauses. */
export class Bucket<E extends object> {
  #own: Map<string, LabelPostings<E>> | null = null
  #related: Map<string, LabelPostings<E>> | null = null
  readonly residual: E[] = []
  readonly name: BucketName
  size = 0

  constructor(name: BucketName) {
    this.name = name
  }

  /** Files the entry under the clause whose posting is shortest. */
  add(entry: E, predicate: Predicate): Filing {
    this.size += 1
    const filing = this.#bestFiling(predicate)
    if (filing === 'residual') {
      this.residual.push(entry)
      return filing
    }
    const postings = this.#postings(filing.side, filing.label)
    for (const anchor of filing.anchors) postings.add(anchor, entry)
    return filing
  }

  remove(entry: E, filing: Filing): void {
    this.size -= 1
    if (filing === 'residual') {
      this.residual.splice(this.residual.indexOf(entry), 1)
      return
    }
    const postings = this.#postings(filing.side, filing.label)
    for (const anchor of filing.anchors) postings.remove(anchor, entry)
    if (postings.isEmpty) this.#labels(filing.side)?.delete(filing.label)
  }

  /** Visits the postings in which every matching entry is, some of them more than once. */
  visit(event: Matchable, visit: Visit<E>): void {
    if (this.#own !== null) visitLabels(this.#own, event.resource, visit)
    if (this.#related !== null) for (const labels of event.related) visitLabels(this.#related, labels, visit)
    if (this.residual.length > 0) visit(this.residual)
  }

  #bestFiling(predicate: Predicate): Filing {
    let best: Filing = 'residual'
    let fewest = Number.POSITIVE_INFINITY
    const consider = (side: Side, clause: LabelClause) => {
      const postings = this.#labels(side)?.get(clause.label) ?? new LabelPostings<E>()
      const anchors = patternsOf(clause).map((pattern) => postings.anchorOf(pattern))
      const cost = filingCost(anchors, postings, clause.label)
      if (cost >= fewest) return
      best = { side, label: clause.label, anchors: distinct(anchors) }
      fewest = cost
    }
    for (const clause of clausesOf(predicate.match)) consider('own', clause)
    for (const clause of predicate.related.flatMap(clausesOf)) consider('related', clause)
    return best
  }

  #labels(side: Side): Map<string, LabelPostings<E>> | null {
    return side === 'own' ? this.#own : this.#related
  }

  #postings(side: Side, label: string): LabelPostings<E> {
    const labels = this.#labels(side) ?? new Map<string, LabelPostings<E>>()
    if (side === 'own') this.#own = labels
    else this.#related = labels
    const postings = labels.get(label) ?? new LabelPostings<E>()
    labels.set(label, postings)
    return postings
  }
}

const KIND_COST: Readonly<Record<Anchor['kind'], number>> = {
  exact: 0,
  prefix: 0.1,
  suffix: 0.2,
  gram: 0.3,
  present: 0.4,
}

/** Entries an event would visit for this clause's sake; kinds break ties. Infinite where the index gains nothing. */
function filingCost<E extends object>(anchors: readonly Anchor[], postings: LabelPostings<E>, label: string): number {
  // Every resource has an id, so "has one" would be the residual list under another name.
  if (label === ID_LABEL && anchors.some((anchor) => anchor.kind === 'present')) return Number.POSITIVE_INFINITY
  return anchors.reduce((cost, anchor) => Math.max(cost, postings.sharing(anchor) + KIND_COST[anchor.kind]), 0)
}

function distinct(anchors: readonly Anchor[]): Anchor[] {
  const seen = new Map(anchors.map((anchor) => [JSON.stringify(anchor), anchor]))
  return [...seen.values()]
}

function visitLabels<E extends object>(
  index: ReadonlyMap<string, LabelPostings<E>>,
  labels: Matchable['resource'],
  visit: Visit<E>,
): void {
  if (index.size > LABELS_SCANNED_MAX) {
    for (const label in labels) index.get(label)?.visit(labels[label] ?? '', visit)
    return
  }
  for (const [label, postings] of index) {
    const value = labelOf(labels, label)
    if (value !== undefined) postings.visit(value, visit)
  }
}
