/** Longer fixed texts are filed by this many of their characters, which bounds the look-ups for one value. */
export const AFFIX_CHARS_MAX = 64

/** Finds by a value all entries filed under a text that the value starts (or ends) with. */
export class AffixMap<T> {
  readonly #end: 'prefix' | 'suffix'
  readonly #byText = new Map<string, T>()
  /** Length of filed texts, ascending, and how many texts have it. */
  #lengths: { readonly length: number; count: number }[] = []

  constructor(end: 'prefix' | 'suffix') {
    this.#end = end
  }

  get size(): number {
    return this.#byText.size
  }

  get(text: string): T | undefined {
    return this.#byText.get(this.#filed(text))
  }

  set(text: string, entry: T): void {
    const filed = this.#filed(text)
    if (!this.#byText.has(filed)) this.#countLength(filed.length, 1)
    this.#byText.set(filed, entry)
  }

  delete(text: string): void {
    const filed = this.#filed(text)
    if (this.#byText.delete(filed)) this.#countLength(filed.length, -1)
  }

  entries(): IterableIterator<[string, T]> {
    return this.#byText.entries()
  }

  /** At most one look-up for each length that is filed. */
  matching(value: string, visit: (entry: T) => void): void {
    for (const { length } of this.#lengths) {
      if (length > value.length) return
      const entry = this.#byText.get(this.#cut(value, length))
      if (entry !== undefined) visit(entry)
    }
  }

  #filed(text: string): string {
    return text.length > AFFIX_CHARS_MAX ? this.#cut(text, AFFIX_CHARS_MAX) : text
  }

  #cut(text: string, length: number): string {
    return this.#end === 'prefix' ? text.slice(0, length) : text.slice(text.length - length)
  }

  #countLength(length: number, change: 1 | -1): void {
    const known = this.#lengths.find((entry) => entry.length === length)
    if (known === undefined) {
      this.#lengths = [...this.#lengths, { length, count: 1 }].sort((a, b) => a.length - b.length)
      return
    }
    known.count += change
    if (known.count === 0) this.#lengths = this.#lengths.filter((entry) => entry !== known)
  }
}
