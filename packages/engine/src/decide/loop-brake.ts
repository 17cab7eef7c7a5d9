import type { Firing } from '../firing.ts'
import { formatDuration } from '../grammar/duration.ts'
import type { Instant } from '../instant.ts'
import type { WindowSet } from '../window/slot.ts'
import type { WindowBook } from '../window/window-book.ts'

/** The stored `trigger` of the counts of firings per chain; their key is the id of the chain's root. */
export const CHAIN_TRIGGER = 'chain'

/** Earlier generations are not counted: nearly every chain ends there, and a count costs a window. */
const COUNTED_GENERATION_MIN = 3

export interface LoopLimits {
  /** Generations from one root that may fire within `within` of it. */
  readonly generationsMax: number
  /** Firings of one root in those generations; a loop that spreads reaches this one first. */
  readonly firingsMax: number
  readonly within: Instant
}

/** Refuses the firings of a chain that is too long or too wide for the time since its root. */
export class LoopBrake {
  readonly #limits: LoopLimits
  readonly #book: WindowBook

  constructor(limits: LoopLimits, book: WindowBook) {
    this.#limits = limits
    this.#book = book
  }

  /** The firing as it is, or refused. `chains` holds the counts of its project. */
  check(firing: Firing, chains: WindowSet): Firing {
    const { generationsMax, firingsMax, within } = this.#limits
    const generation = firing.depth + 1
    if (firing.at - firing.rootReceived > within) return firing
    if (generation > generationsMax) {
      const rule = `generation ${generation} of ${this.#chainOf(firing)}; at most ${generationsMax} may follow`
      return this.#refuse(firing, rule, generation === generationsMax + 1)
    }
    if (generation < COUNTED_GENERATION_MIN) return firing
    const before = this.#book.readCounting(chains, firing.rootId)?.count ?? 0
    if (before <= firingsMax) this.#count(firing, chains, before + 1)
    if (before < firingsMax) return firing
    const rule = `${this.#chainOf(firing)} fired ${firingsMax} times already; no more may follow`
    return this.#refuse(firing, rule, before === firingsMax)
  }

  #chainOf({ rootId, at, rootReceived }: Firing): string {
    return `the chain that began with event ${rootId}, ${formatDuration(at - rootReceived)} ago`
  }

  /** Only the first refusals are announced: an event about each could itself be matched and refused, and so on. */
  #refuse(firing: Firing, rule: string, announced: boolean): Firing {
    const detail = `${rule} within ${formatDuration(this.#limits.within)}`
    return { ...firing, refused: { code: 'loop_guard', detail, announced } }
  }

  #count({ rootId, rootReceived }: Firing, chains: WindowSet, count: number): void {
    const end = rootReceived + this.#limits.within
    this.#book.write(chains, rootId, { kind: 'counting', start: rootReceived, end, count, lastEvent: null })
  }
}
