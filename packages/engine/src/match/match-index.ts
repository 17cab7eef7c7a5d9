import { AffixMap } from './affix-map.ts'
import { Bucket, type Filing } from './bucket.ts'
import type { Pattern } from './pattern.ts'
import type { Posting } from './postings.ts'
import { type Matchable, type Predicate, predicateAccepts } from './predicate.ts'

/** What the index holds. `order` is the evaluation order; it must not change while the entry is in the index. */
export interface Indexable {
  readonly predicate: Predicate
  readonly order: number
}

/** How well the index can do its work. */
export interface MatchIndexStats {
  readonly triggers: number
  /** Triggers without an anchor: each is compared with every event of its name. */
  readonly residual: number
  /** The longest such list, by the event name (pattern) it belongs to; null when there is none. */
  readonly longestResidual: { readonly event: string; readonly length: number } | null
}

interface Entry<T> {
  readonly predicate: Predicate
  readonly value: T
  /** The last look-up that met this entry: it may be filed in several places. */
  metIn: number
  readonly filings: readonly { readonly name: BucketName; readonly filing: Filing }[]
}

interface BucketName {
  readonly kind: 'exact' | 'prefix' | 'any'
  readonly text: string
}

/**
 * Finds the triggers that match an event without asking the others: each is filed under its event name and the one
 * clause that shares its text with the fewest other triggers. Adding and removing touch only that trigger.
 */
export class MatchIndex<T extends Indexable> {
  readonly #exact = new Map<string, Bucket<Entry<T>>>()
  readonly #prefixes = new AffixMap<Bucket<Entry<T>>>('prefix')
  readonly #any = new Bucket<Entry<T>>()
  readonly #entries = new Map<T, Entry<T>>()
  #lookup = 0
  #event: Matchable | null = null
  #found: T[] = []

  get size(): number {
    return this.#entries.size
  }

  add(value: T): void {
    this.remove(value)
    const filings: { name: BucketName; filing: Filing }[] = []
    const entry: Entry<T> = { predicate: value.predicate, value, metIn: 0, filings }
    for (const name of bucketNames(value.predicate)) filings.push({ name, filing: this.#bucket(name).add(entry) })
    this.#entries.set(value, entry)
  }

  remove(value: T): void {
    const entry = this.#entries.get(value)
    if (entry === undefined) return
    this.#entries.delete(value)
    for (const { name, filing } of entry.filings) {
      const bucket = this.#bucket(name)
      bucket.remove(entry, filing)
      if (bucket.size === 0) this.#drop(name)
    }
  }

  /** All triggers that match the event, in evaluation order. */
  matching(event: Matchable): readonly T[] {
    this.#lookup += 1
    this.#event = event
    this.#found = []
    this.#exact.get(event.event)?.visit(event, this.#visitPosting)
    if (this.#prefixes.size > 0) this.#prefixes.matching(event.event, this.#visitBucket)
    if (this.#any.size > 0) this.#any.visit(event, this.#visitPosting)
    this.#event = null
    return this.#found.length > 1 ? this.#found.sort((a, b) => a.order - b.order) : this.#found
  }

  stats(): MatchIndexStats {
    const lists: { event: string; length: number }[] = [{ event: '*', length: this.#any.residual.length }]
    for (const [event, bucket] of this.#exact) lists.push({ event, length: bucket.residual.length })
    for (const [text, bucket] of this.#prefixes.entries())
      lists.push({ event: `${text}*`, length: bucket.residual.length })
    const longest = lists.reduce((best, list) => (list.length > best.length ? list : best))
    return {
      triggers: this.size,
      residual: lists.reduce((sum, { length }) => sum + length, 0),
      longestResidual: longest.length === 0 ? null : longest,
    }
  }

  // Kept on the instance, so that a look-up creates no functions.
  readonly #visitBucket = (bucket: Bucket<Entry<T>>): void => {
    if (this.#event !== null) bucket.visit(this.#event, this.#visitPosting)
  }

  readonly #visitPosting = (posting: Posting<Entry<T>>): void => {
    const event = this.#event
    if (event === null) return
    for (const entry of posting) {
      if (entry.metIn === this.#lookup) continue
      entry.metIn = this.#lookup
      if (predicateAccepts(entry.predicate, event)) this.#found.push(entry.value)
    }
  }

  #bucket(name: BucketName): Bucket<Entry<T>> {
    if (name.kind === 'any') return this.#any
    const known = name.kind === 'exact' ? this.#exact.get(name.text) : this.#prefixes.get(name.text)
    if (known !== undefined) return known
    const created = new Bucket<Entry<T>>()
    if (name.kind === 'exact') this.#exact.set(name.text, created)
    else this.#prefixes.set(name.text, created)
    return created
  }

  #drop(name: BucketName): void {
    if (name.kind === 'exact') this.#exact.delete(name.text)
    else if (name.kind === 'prefix') this.#prefixes.delete(name.text)
  }
}

/** The names a trigger waits for; one that waits for any name needs no others, and one that never matches has none. */
function bucketNames(predicate: Predicate): readonly BucketName[] {
  if (neverAccepts(predicate)) return []
  if (predicate.expect.length === 0) return [{ kind: 'any', text: '' }]
  const names = new Map<string, BucketName>()
  for (const pattern of [...predicate.expect, ...predicate.after]) {
    const name = bucketName(pattern)
    if (name.kind === 'any') return [name]
    names.set(`${name.kind} ${name.text}`, name)
  }
  return [...names.values()]
}

function bucketName(pattern: Pattern): BucketName {
  if (pattern.form === 'exact') return { kind: 'exact', text: pattern.text }
  return pattern.head === '' ? { kind: 'any', text: '' } : { kind: 'prefix', text: pattern.head }
}

function neverAccepts(predicate: Predicate): boolean {
  const clauses = [...predicate.match, ...predicate.related.flat()]
  return clauses.some((clause) => clause.anyOf.length === 0)
}
