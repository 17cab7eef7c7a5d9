import type { Firing } from '../firing.ts'
import { formatDuration } from '../grammar/duration.ts'
import type { Instant } from '../instant.ts'
import type { WindowSet } from '../window/slot.ts'
import type { ChainWindow } from '../window/window.ts'
import type { WindowBook } from '../window/window-book.ts'

/** The stored `trigger` of what chains fired lately. */
export const CHAIN_TRIGGER = 'chain'

/** Earlier generations after a root are not counted: nearly every chain ends there, and a count costs a window. */
const COUNTED_GENERATION_MIN = 3

export interface LoopLimits {
  /** Generations of one chain that may fire within `within`. */
  readonly generationsMax: number
  /** Firings of one chain within `within`; a loop that spreads reaches this one first. */
  readonly firingsMax: number
  readonly within: Instant
}

/** Refuses the firings of a chain that is too long or too wide for the time it took. */
export class LoopBrake {
  readonly #limits: LoopLimits
  readonly #book: WindowBook

  constructor(limits: LoopLimits, book: WindowBook) {
    this.#limits = limits
    this.#book = book
  }

  /** The firing as it is, or refused. `chains` holds the windows of its project's chains. */
  check(firing: Firing, chains: WindowSet): Firing {
    const { generationsMax, firingsMax } = this.#limits
    const window = this.#windowOf(firing, chains)
    const generation = firing.depth + 1 - window.depth
    if (generation > generationsMax) {
      const rule = `generation ${generation} of ${chainOf(firing, window)}; at most ${generationsMax} may follow`
      return this.#refuse(firing, rule, generation === generationsMax + 1)
    }
    const { start, count } = window
    if (start === firing.rootReceived && generation < COUNTED_GENERATION_MIN) return firing
    if (count <= firingsMax) this.#book.write(chains, firing.rootId, { ...window, count: count + 1 })
    if (count < firingsMax) return firing
    const rule = `${chainOf(firing, window)} fired ${firingsMax} times already; no more may follow`
    return this.#refuse(firing, rule, count === firingsMax)
  }

  /** The chain's first window begins with its root; a later one when it fires again after the one before. */
  #windowOf({ rootId, rootReceived, at, depth }: Firing, chains: WindowSet): ChainWindow {
    const { within } = this.#limits
    const stored = this.#book.read(chains, rootId)
    if (stored?.kind === 'chain' && at <= stored.end) return stored
    const isFirst = at - rootReceived <= within
    const start = isFirst ? rootReceived : at
    return { kind: 'chain', start, end: start + within, depth: isFirst ? 0 : depth, count: 0 }
  }

  /** Only the first refusals are announced: an event about each could itself be matched and refused, and so on. */
  #refuse(firing: Firing, rule: string, announced: boolean): Firing {
    const detail = `${rule} within ${formatDuration(this.#limits.within)}`
    return { ...firing, refused: { code: 'loop_guard', detail, announced } }
  }
}

function chainOf({ rootId, rootReceived, at }: Firing, { start }: ChainWindow): string {
  const age = `${formatDuration(at - start)} ago`
  const began = start === rootReceived ? age : `long before, and went on ${age}`
  return `the chain that began with event ${rootId}, ${began}`
}
