// Texts are filed under a number worked out from their characters. Two texts may share one: whatever is found under it
// is compared in full afterwards, so that costs time and never truth. Reading a value once gives the numbers of the
// value, of all its beginnings and of all its pieces, without creating a string or touching those that are filed.

export const EMPTY_HASH = 0x1505

/** The number of a text that is one character longer. */
export function nextHash(hash: number, character: number): number {
  return (Math.imul(hash, 31_337) + character + 1) | 0
}

export function hashOf(text: string): number {
  let hash = EMPTY_HASH
  for (let index = 0; index < text.length; index += 1) hash = nextHash(hash, text.charCodeAt(index))
  return hash
}

/** The number of a text read from its end. */
export function hashFromEnd(text: string): number {
  let hash = EMPTY_HASH
  for (let index = text.length - 1; index >= 0; index -= 1) hash = nextHash(hash, text.charCodeAt(index))
  return hash
}

/** Characters of the longest pieces by which text inside a value is found; shorter text is found as it is. */
export const GRAM_CHARS_MAX = 4

/** The number of the piece of `length` characters that begins at `start`. */
export function gramAt(text: string, start: number, length: number): number {
  let hash = EMPTY_HASH
  for (let index = start; index < start + length; index += 1) hash = nextHash(hash, text.charCodeAt(index))
  return hash
}

const FILTER_BITS = 1 << 16

/**
 * Says of nearly every number that was never filed that it was not, from 8 KB that stay in the processor's cache.
 * Numbers are not taken out again: that would only save look-ups.
 */
export class HashFilter {
  readonly #words = new Int32Array(FILTER_BITS / 32)

  add(hash: number): void {
    const bit = mixed(hash)
    this.#words[bit >>> 5] = (this.#words[bit >>> 5] ?? 0) | (1 << (bit & 31))
  }

  mayHave(hash: number): boolean {
    const bit = mixed(hash)
    return ((this.#words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0
  }
}

function mixed(hash: number): number {
  return (Math.imul(hash, 0x9e3779b1) >>> 16) & (FILTER_BITS - 1)
}
