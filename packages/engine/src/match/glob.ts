/** One step of a pattern: a code point, any one character, a class, or any run of characters. */
export type GlobToken = number | 'any' | 'run' | CharacterClass

/** `[a-z]`, `[!abc]`: bounds are code points, both included. */
export interface CharacterClass {
  readonly negated: boolean
  readonly ranges: readonly (readonly [from: number, to: number])[]
}

/** Reads a shell pattern: `*`, `?`, `[abc]`, `[!a-z]`. A `[` that is never closed is an ordinary character. */
export function parseGlob(pattern: string): GlobToken[] {
  const points = Array.from(pattern, (character) => character.codePointAt(0) ?? 0)
  const tokens: GlobToken[] = []
  let index = 0
  while (index < points.length) {
    const point = points[index] ?? 0
    const end = point === OPEN ? classEnd(points, index + 1) : -1
    if (end !== -1) tokens.push(parseClass(points.slice(index + 1, end)))
    else if (point !== STAR || tokens.at(-1) !== 'run') tokens.push(simpleToken(point))
    index = end === -1 ? index + 1 : end + 1
  }
  return tokens
}

const STAR = 0x2a
const QUESTION = 0x3f
const OPEN = 0x5b
const CLOSE = 0x5d
const BANG = 0x21
const DASH = 0x2d

function simpleToken(point: number): GlobToken {
  if (point === STAR) return 'run'
  return point === QUESTION ? 'any' : point
}

/** Where the class closes; its first character may itself be `]`. */
function classEnd(points: readonly number[], start: number): number {
  const first = points[start] === BANG ? start + 1 : start
  return points.indexOf(CLOSE, points[first] === CLOSE ? first + 1 : first)
}

function parseClass(points: readonly number[]): CharacterClass {
  const negated = points[0] === BANG
  const ranges: [number, number][] = []
  let index = negated ? 1 : 0
  while (index < points.length) {
    const from = points[index] ?? 0
    const to = points[index + 2]
    const isRange = points[index + 1] === DASH && to !== undefined
    ranges.push([from, isRange ? to : from])
    index += isRange ? 3 : 1
  }
  return { negated, ranges }
}

function tokenAccepts(token: GlobToken, point: number): boolean {
  if (typeof token === 'number') return token === point
  if (token === 'any') return true
  return token !== 'run' && token.ranges.some(([from, to]) => from <= point && point <= to) !== token.negated
}

/** Distinct characters whose transitions are remembered per pattern; others are worked out each time. */
const ALPHABET_MAX = 256
const WORD_BITS = 32

/**
 * Matches whole values in time proportional to their length, whatever the pattern: all positions the pattern could be
 * in are the bits of a set that each character moves forward once. Nothing backtracks.
 */
export class Glob {
  readonly #steps: readonly GlobToken[]
  /** Positions that stay where they are on any character, because a `*` stands there. */
  readonly #loops: Int32Array
  readonly #moves = new Map<number, Int32Array>()

  constructor(tokens: readonly GlobToken[]) {
    this.#steps = tokens.filter((token) => token !== 'run')
    this.#loops = new Int32Array(Math.floor(this.#steps.length / WORD_BITS) + 1)
    let position = 0
    for (const token of tokens) {
      if (token === 'run') setBit(this.#loops, position)
      else position += 1
    }
  }

  accepts(value: string): boolean {
    const positions = new Int32Array(this.#loops.length)
    positions[0] = 1
    const last = this.#steps.length
    const runsToTheEnd = hasBit(this.#loops, last)
    for (let index = 0; index < value.length; index += 1) {
      if (runsToTheEnd && hasBit(positions, last)) return true
      const point = value.codePointAt(index) ?? 0
      if (point > 0xffff) index += 1
      if (!this.#advance(positions, this.#movesOn(point))) return false
    }
    return hasBit(positions, last)
  }

  #advance(positions: Int32Array, moves: Int32Array): boolean {
    let carry = 0
    let alive = 0
    for (let word = 0; word < positions.length; word += 1) {
      const before = positions[word] ?? 0
      const moving = before & (moves[word] ?? 0)
      const after = (moving << 1) | carry | (before & (this.#loops[word] ?? 0))
      carry = moving >>> (WORD_BITS - 1)
      positions[word] = after
      alive |= after
    }
    return alive !== 0
  }

  #movesOn(point: number): Int32Array {
    const known = this.#moves.get(point)
    if (known !== undefined) return known
    const moves = new Int32Array(this.#loops.length)
    for (const [position, token] of this.#steps.entries()) if (tokenAccepts(token, point)) setBit(moves, position)
    if (this.#moves.size < ALPHABET_MAX) this.#moves.set(point, moves)
    return moves
  }
}

function setBit(words: Int32Array, bit: number): void {
  const word = Math.floor(bit / WORD_BITS)
  words[word] = (words[word] ?? 0) | (1 << (bit % WORD_BITS))
}

function hasBit(words: Int32Array, bit: number): boolean {
  return ((words[Math.floor(bit / WORD_BITS)] ?? 0) & (1 << (bit % WORD_BITS))) !== 0
}
