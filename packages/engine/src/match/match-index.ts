import { AFFIX_CHARS_MAX, AffixPostings } from './affix-postings.ts'
import { Bucket, type BucketName, type Filing } from './bucket.ts'
import type { Pattern } from './pattern.ts'
import type { Posting } from './posting-map.ts'
import { clausesOf, type LabelClause, labelsAccept, type Matchable, nameCovered, type Predicate } from './predicate.ts'
import { hashOf } from './text-hash.ts'

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
  readonly value: T
  readonly match: LabelClause | null
  readonly related: readonly LabelClause[]
  /** Whether the bucket alone does not tell that the event's name is one the trigger waits for. */
  readonly checksName: boolean
  /** The last look-up that met this entry: it may be filed in several places. */
  metIn: number
  filings: readonly BucketFiling<Entry<T>>[]
}

interface BucketFiling<E extends object> {
  readonly bucket: Bucket<E>
  readonly filing: Filing
}

/**
 * Finds the triggers that match an event without asking the others: each is filed under its event name and the one
 * clause that shares its text with the fewest other triggers. Adding and removing touch only that trigger.
 */
export class MatchIndex<T extends Indexable> {
  readonly #exact = new Map<string, Bucket<Entry<T>>>()
  /** By the beginning of the name, and those of them that it may be. */
  readonly #prefixes = new Map<string, Bucket<Entry<T>>>()
  readonly #prefixIndex = new AffixPostings<Bucket<Entry<T>>>()
  readonly #any = new Bucket<Entry<T>>({ kind: 'any', text: '' })
  readonly #entries = new Map<T, Entry<T>>()
  #lookup = 0
  #event: Matchable | null = null
  #found: T[] = []

  get size(): number {
    return this.#entries.size
  }

  add(value: T): void {
    this.remove(value)
    const { predicate } = value
    const { match, related } = predicate
    const names = bucketNames(predicate)
    const checksName = predicate.expect.length > 0 && names.some(({ kind }) => kind !== 'exact')
    const entry: Entry<T> = { value, match, related, checksName, metIn: 0, filings: [] }
    entry.filings = names.map((name) => {
      const bucket = this.#bucket(name)
      return { bucket, filing: bucket.add(entry, predicate) }
    })
    this.#entries.set(value, entry)
  }

  remove(value: T): void {
    const entry = this.#entries.get(value)
    if (entry === undefined) return
    this.#entries.delete(value)
    for (const { bucket, filing } of entry.filings) {
      bucket.remove(entry, filing)
      if (bucket.size === 0) this.#drop(bucket)
    }
  }

  /** All triggers that match the event, in evaluation order. */
  matching(event: Matchable): readonly T[] {
    // No trigger waits for an event without a name.
    if (event.event === '') return []
    this.#lookup += 1
    this.#event = event
    this.#found = []
    this.#exact.get(event.event)?.visit(event, this.#visitPosting)
    if (this.#prefixes.size > 0) this.#prefixIndex.visitBeginnings(event.event, this.#visitBuckets)
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
  readonly #visitBuckets = (buckets: Posting<Bucket<Entry<T>>>): void => {
    if (this.#event === null) return
    for (const bucket of Array.isArray(buckets) ? buckets : [buckets]) bucket.visit(this.#event, this.#visitPosting)
  }

  readonly #visitPosting = (posting: Posting<Entry<T>>): void => {
    if (!Array.isArray(posting)) this.#meet(posting)
    else for (const entry of posting) this.#meet(entry)
  }

  #meet(entry: Entry<T>): void {
    if (entry.metIn === this.#lookup || this.#event === null) return
    entry.metIn = this.#lookup
    if (entry.checksName && !nameCovered(entry.value.predicate, this.#event.event)) return
    if (labelsAccept(entry, this.#event)) this.#found.push(entry.value)
  }

  #bucket(name: BucketName): Bucket<Entry<T>> {
    if (name.kind === 'any') return this.#any
    const buckets = name.kind === 'exact' ? this.#exact : this.#prefixes
    const known = buckets.get(name.text)
    if (known !== undefined) return known
    const created = new Bucket<Entry<T>>(name)
    buckets.set(name.text, created)
    if (name.kind === 'prefix') this.#prefixIndex.add(hashOf(name.text), name.text.length, created)
    return created
  }

  #drop(bucket: Bucket<Entry<T>>): void {
    const { kind, text } = bucket.name
    if (kind === 'exact') this.#exact.delete(text)
    if (kind !== 'prefix') return
    this.#prefixes.delete(text)
    this.#prefixIndex.remove(hashOf(text), text.length, bucket)
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
  return pattern.head === ''
    ? { kind: 'any', text: '' }
    : { kind: 'prefix', text: pattern.head.slice(0, AFFIX_CHARS_MAX) }
}

function neverAccepts(predicate: Predicate): boolean {
  return [predicate.match, ...predicate.related].flatMap(clausesOf).some(({ form }) => form === 'none')
}
