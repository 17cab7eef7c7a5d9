/** Entries filed under one number. Most are alone there, and then need no list. */
export type Posting<E extends object> = E | E[]

export type Visit<E extends object> = (posting: Posting<E>) => void

/** Entries by the number they are filed under. */
export class PostingMap<E extends object> {
  readonly #byHash = new Map<number, Posting<E>>()

  get size(): number {
    return this.#byHash.size
  }

  /** How many entries are filed under `hash`. */
  sharing(hash: number): number {
    const posting = this.#byHash.get(hash)
    if (posting === undefined) return 0
    return Array.isArray(posting) ? posting.length : 1
  }

  add(hash: number, entry: E): void {
    const posting = this.#byHash.get(hash)
    if (Array.isArray(posting)) posting.push(entry)
    else this.#byHash.set(hash, posting === undefined ? entry : [posting, entry])
  }

  remove(hash: number, entry: E): void {
    const posting = this.#byHash.get(hash)
    if (Array.isArray(posting)) posting.splice(posting.indexOf(entry), 1)
    if (posting === entry || (Array.isArray(posting) && posting.length === 0)) this.#byHash.delete(hash)
  }

  visit(hash: number, visit: Visit<E>): void {
    const posting = this.#byHash.get(hash)
    if (posting !== undefined) visit(posting)
  }
}
