import { AFFIX_CHARS_MAX, AffixPostings } from './affix-postings.ts'
import { GramPostings } from './gram-postings.ts'
import type { Pattern } from './pattern.ts'
import { PostingMap, type Visit } from './posting-map.ts'
import { GRAM_CHARS_MAX, gramAt, hashFromEnd, hashOf } from './text-hash.ts'

/** How one pattern of one label is filed; `length` is that of the fixed text of a prefix, suffix or gram. */
export interface Anchor {
  readonly kind: 'exact' | 'prefix' | 'suffix' | 'gram' | 'present'
  readonly hash: number
  readonly length: number
}

const PRESENT: Anchor = { kind: 'present', hash: 0, length: 0 }

/** The index of one label: from its value to the entries whose anchor it satisfies. Parts exist once they are used. */
export class LabelPostings<E extends object> {
  #exact: PostingMap<E> | null = null
  #prefix: AffixPostings<E> | null = null
  #suffix: AffixPostings<E> | null = null
  #gram: GramPostings<E> | null = null
  #present: PostingMap<E> | null = null

  get isEmpty(): boolean {
    const maps = [this.#exact, this.#prefix?.map, this.#suffix?.map, this.#gram?.map, this.#present]
    return maps.every((map) => (map?.size ?? 0) === 0)
  }

  /** The way to file `pattern` that shares its posting with the fewest others. */
  anchorOf(pattern: Pattern): Anchor {
    if (pattern.negated) return PRESENT
    if (pattern.form === 'exact') return { kind: 'exact', hash: hashOf(pattern.text), length: 0 }
    if (pattern.head !== '') {
      const head = pattern.head.slice(0, AFFIX_CHARS_MAX)
      return { kind: 'prefix', hash: hashOf(head), length: head.length }
    }
    if (pattern.form === 'suffix') {
      const tail = pattern.text.slice(-AFFIX_CHARS_MAX)
      return { kind: 'suffix', hash: hashFromEnd(tail), length: tail.length }
    }
    return this.#rarestGram(pattern.text)
  }

  #rarestGram(text: string): Anchor {
    let rarest = PRESENT
    let fewest = Number.POSITIVE_INFINITY
    const length = Math.min(GRAM_CHARS_MAX, text.length)
    for (let start = 0; length > 0 && start + length <= text.length; start += 1) {
      const hash = gramAt(text, start, length)
      const sharing = this.#gram?.map.sharing(hash) ?? 0
      if (sharing >= fewest) continue
      rarest = { kind: 'gram', hash, length }
      fewest = sharing
    }
    return rarest
  }

  /** How many entries share the posting of `anchor` already. */
  sharing({ kind, hash }: Anchor): number {
    switch (kind) {
      case 'exact':
        return this.#exact?.sharing(hash) ?? 0
      case 'prefix':
        return this.#prefix?.map.sharing(hash) ?? 0
      case 'suffix':
        return this.#suffix?.map.sharing(hash) ?? 0
      case 'gram':
        return this.#gram?.map.sharing(hash) ?? 0
      case 'present':
        return this.#present?.sharing(hash) ?? 0
    }
  }

  add({ kind, hash, length }: Anchor, entry: E): void {
    switch (kind) {
      case 'exact':
        this.#exact ??= new PostingMap()
        this.#exact.add(hash, entry)
        break
      case 'prefix':
        this.#prefix ??= new AffixPostings()
        this.#prefix.add(hash, length, entry)
        break
      case 'suffix':
        this.#suffix ??= new AffixPostings()
        this.#suffix.add(hash, length, entry)
        break
      case 'gram':
        this.#gram ??= new GramPostings()
        this.#gram.add(hash, length, entry)
        break
      case 'present':
        this.#present ??= new PostingMap()
        this.#present.add(hash, entry)
        break
    }
  }

  remove({ kind, hash, length }: Anchor, entry: E): void {
    switch (kind) {
      case 'exact':
        this.#exact?.remove(hash, entry)
        break
      case 'prefix':
        this.#prefix?.remove(hash, length, entry)
        break
      case 'suffix':
        this.#suffix?.remove(hash, length, entry)
        break
      case 'gram':
        this.#gram?.remove(hash, length, entry)
        break
      case 'present':
        this.#present?.remove(hash, entry)
        break
    }
  }

  /** Visits each posting that a label with this value may satisfy. An entry may be in several. */
  visit(value: string, visit: Visit<E>): void {
    this.#exact?.visit(hashOf(value), visit)
    this.#prefix?.visitBeginnings(value, visit)
    this.#suffix?.visitEndings(value, visit)
    this.#gram?.visitPieces(value, visit)
    this.#present?.visit(PRESENT.hash, visit)
  }
}
