import { AffixMap } from './affix-map.ts'
import type { Pattern } from './pattern.ts'

/** Entries filed under one text of one label. */
export type Posting<E> = E[]

/** How one pattern of one label is filed. */
export type Anchor =
  | { readonly kind: 'exact' | 'prefix' | 'suffix'; readonly text: string }
  | { readonly kind: 'gram'; readonly gram: number }
  | { readonly kind: 'present' }

/** Characters of the pieces by which text inside a value is found. Shorter fixed text cannot be found this way. */
const GRAM_CHARS = 4

/** The index of one label: from its value to the entries whose anchor it satisfies. */
export class LabelPostings<E> {
  readonly #exact = new Map<string, Posting<E>>()
  readonly #prefixes = new AffixMap<Posting<E>>('prefix')
  readonly #suffixes = new AffixMap<Posting<E>>('suffix')
  readonly #grams = new Map<number, Posting<E>>()
  readonly #present: Posting<E> = []

  get isEmpty(): boolean {
    const filed = this.#exact.size + this.#prefixes.size + this.#suffixes.size + this.#grams.size
    return filed === 0 && this.#present.length === 0
  }

  /** The way to file `pattern` that shares its posting with the fewest others. */
  anchorOf(pattern: Pattern): Anchor {
    if (pattern.negated) return { kind: 'present' }
    if (pattern.form === 'exact') return { kind: 'exact', text: pattern.text }
    if (pattern.head !== '') return { kind: 'prefix', text: pattern.head }
    if (pattern.form === 'suffix') return { kind: 'suffix', text: pattern.text }
    return this.#rarestGram(pattern.text)
  }

  #rarestGram(text: string): Anchor {
    let rarest: number | null = null
    let shortest = Number.POSITIVE_INFINITY
    for (let start = 0; start + GRAM_CHARS <= text.length; start += 1) {
      const gram = gramAt(text, start)
      const length = this.#grams.get(gram)?.length ?? 0
      if (length < shortest) {
        rarest = gram
        shortest = length
      }
    }
    return rarest === null ? { kind: 'present' } : { kind: 'gram', gram: rarest }
  }

  /** How many entries share the posting of `anchor` already. */
  sharing(anchor: Anchor): number {
    return this.#posting(anchor)?.length ?? 0
  }

  add(anchor: Anchor, entry: E): void {
    const posting = this.#posting(anchor)
    if (posting === undefined) this.#create(anchor, [entry])
    else posting.push(entry)
  }

  remove(anchor: Anchor, entry: E): void {
    const posting = this.#posting(anchor)
    const place = posting?.indexOf(entry) ?? -1
    if (posting === undefined || place === -1) return
    posting.splice(place, 1)
    if (posting.length === 0) this.#drop(anchor)
  }

  /** Visits each posting that a label with this value satisfies. An entry may be in several. */
  visit(value: string, visit: (posting: Posting<E>) => void): void {
    if (this.#exact.size > 0) {
      const posting = this.#exact.get(value)
      if (posting !== undefined) visit(posting)
    }
    if (this.#prefixes.size > 0) this.#prefixes.matching(value, visit)
    if (this.#suffixes.size > 0) this.#suffixes.matching(value, visit)
    if (this.#grams.size > 0) this.#visitGrams(value, visit)
    if (this.#present.length > 0) visit(this.#present)
  }

  #visitGrams(value: string, visit: (posting: Posting<E>) => void): void {
    for (let start = 0; start + GRAM_CHARS <= value.length; start += 1) {
      const posting = this.#grams.get(gramAt(value, start))
      if (posting !== undefined) visit(posting)
    }
  }

  #posting(anchor: Anchor): Posting<E> | undefined {
    switch (anchor.kind) {
      case 'exact':
        return this.#exact.get(anchor.text)
      case 'prefix':
        return this.#prefixes.get(anchor.text)
      case 'suffix':
        return this.#suffixes.get(anchor.text)
      case 'gram':
        return this.#grams.get(anchor.gram)
      case 'present':
        return this.#present
    }
  }

  #create(anchor: Anchor, posting: Posting<E>): void {
    if (anchor.kind === 'exact') this.#exact.set(anchor.text, posting)
    else if (anchor.kind === 'prefix') this.#prefixes.set(anchor.text, posting)
    else if (anchor.kind === 'suffix') this.#suffixes.set(anchor.text, posting)
    else if (anchor.kind === 'gram') this.#grams.set(anchor.gram, posting)
  }

  #drop(anchor: Anchor): void {
    if (anchor.kind === 'exact') this.#exact.delete(anchor.text)
    else if (anchor.kind === 'prefix') this.#prefixes.delete(anchor.text)
    else if (anchor.kind === 'suffix') this.#suffixes.delete(anchor.text)
    else if (anchor.kind === 'gram') this.#grams.delete(anchor.gram)
  }
}

// Two pieces may share a number: the predicate is asked in any case, so that costs time and never truth.
function gramAt(text: string, start: number): number {
  let gram = 0
  for (let index = start; index < start + GRAM_CHARS; index += 1)
    gram = (Math.imul(gram, 31_337) + text.charCodeAt(index)) | 0
  return gram
}
