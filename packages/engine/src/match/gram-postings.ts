import { PostingMap, type Visit } from './posting-map.ts'
import { GRAM_CHARS_MAX, gramAt, HashFilter } from './text-hash.ts'

/** Entries filed under a piece of text that values hold anywhere. Only piece lengths that are filed are looked up. */
export class GramPostings<E extends object> {
  readonly map = new PostingMap<E>()
  readonly #filter = new HashFilter()
  readonly #counts = new Uint32Array(GRAM_CHARS_MAX + 1)

  add(hash: number, length: number, entry: E): void {
    this.map.add(hash, entry)
    this.#filter.add(hash)
    this.#counts[length] = (this.#counts[length] ?? 0) + 1
  }

  remove(hash: number, length: number, entry: E): void {
    this.map.remove(hash, entry)
    this.#counts[length] = Math.max(0, (this.#counts[length] ?? 0) - 1)
  }

  visitPieces(value: string, visit: Visit<E>): void {
    for (let length = 1; length <= GRAM_CHARS_MAX; length += 1) {
      if (this.#counts[length] !== 0) this.#visitLength(value, length, visit)
    }
  }

  #visitLength(value: string, length: number, visit: Visit<E>): void {
    for (let start = 0; start + length <= value.length; start += 1) {
      const gram = gramAt(value, start, length)
      if (this.#filter.mayHave(gram)) this.map.visit(gram, visit)
    }
  }
}
