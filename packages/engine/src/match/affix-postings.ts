import { PostingMap, type Visit } from './posting-map.ts'
import { EMPTY_HASH, nextHash } from './text-hash.ts'

/** Longer fixed texts are filed by this many of their characters, which bounds the look-ups for one value. */
export const AFFIX_CHARS_MAX = 64

/** Entries filed under how values begin, or how they end; a value is looked up only at lengths that are filed. */
export class AffixPostings<E extends object> {
  readonly map = new PostingMap<E>()
  readonly #lengths = new Uint32Array(AFFIX_CHARS_MAX + 1)
  #longest = 0

  add(hash: number, length: number, entry: E): void {
    this.map.add(hash, entry)
    this.#lengths[length] = (this.#lengths[length] ?? 0) + 1
    this.#longest = Math.max(this.#longest, length)
  }

  remove(hash: number, length: number, entry: E): void {
    this.map.remove(hash, entry)
    this.#lengths[length] = Math.max(0, (this.#lengths[length] ?? 0) - 1)
    while (this.#longest > 0 && this.#lengths[this.#longest] === 0) this.#longest -= 1
  }

  visitBeginnings(value: string, visit: Visit<E>): void {
    const longest = Math.min(this.#longest, value.length)
    let hash = EMPTY_HASH
    for (let length = 1; length <= longest; length += 1) {
      hash = nextHash(hash, value.charCodeAt(length - 1))
      if (this.#lengths[length] !== 0) this.map.visit(hash, visit)
    }
  }

  visitEndings(value: string, visit: Visit<E>): void {
    const longest = Math.min(this.#longest, value.length)
    let hash = EMPTY_HASH
    for (let length = 1; length <= longest; length += 1) {
      hash = nextHash(hash, value.charCodeAt(value.length - length))
      if (this.#lengths[length] !== 0) this.map.visit(hash, visit)
    }
  }
}
