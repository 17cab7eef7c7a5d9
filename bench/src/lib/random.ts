/** Repeatable random numbers: the same seed always gives the same sequence (mulberry32). */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** An integer in [0, below). */
  below(below: number): number
  /** In [from, to). */
  between(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** A UUID (version 4) that is as repeatable as everything else. */
  uuid(): string
  /** A UUID (version 7) of this millisecond, as clients make them: later ones sort after earlier ones. */
  timedUuid(unixMs: number): string
  shuffled<T>(items: readonly T[]): T[]
}

export function createRandom(seed: number): Random {
  let state = seed | 0

  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  const below = (limit: number): number => Math.floor(next() * limit)
  const hex = (): string => (next() * 4_294_967_296).toString(16).replace(/\..*/, '').padStart(8, '0')

  return {
    next,
    below,
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    pick<T>(items: readonly T[]): T {
      const item = items[below(items.length)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    },
    timedUuid(unixMs) {
      const time = Math.floor(unixMs).toString(16).padStart(12, '0')
      const digits = hex() + hex() + hex()
      const variant = '89ab'[below(4)]
      return `${time.slice(0, 8)}-${time.slice(8)}-7${digits.slice(0, 3)}-${variant}${digits.slice(3, 6)}-${digits.slice(6, 18)}`
    },
    uuid() {
      const digits = hex() + hex() + hex() + hex()
      const variant = '89ab'[below(4)]
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`
    },
    shuffled<T>(items: readonly T[]): T[] {
      return items
        .map((item) => ({ item, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item)
    },
  }
}
