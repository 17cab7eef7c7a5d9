import type { EventEntry } from '../entry.ts'
import type { LoggedEvent } from '../event/logged-event.ts'
import { type Instant, MINUTE } from '../instant.ts'
import type { Heap } from '../window/heap.ts'
import { WindowSet } from '../window/slot.ts'
import type { WindowBook } from '../window/window-book.ts'

/** How long an event waits for the one it follows, from when it was received. */
export const FOLLOW_WAIT: Instant = 15 * MINUTE
/** Followers of followers that one event releases at once; those deeper wait until their deadline. */
export const FOLLOW_DEPTH_MAX = 20
/** Events of one project that wait at a time; beyond it an event is evaluated without waiting. */
export const HELD_EVENTS_MAX = 10_000

/** The stored `trigger` of held events; their key is `<leader id>:<event id>`. */
export const FOLLOWS_TRIGGER = 'follows'

/** An event that waits for the one it follows. */
export interface HeldFollower {
  readonly project: string
  readonly key: string
  readonly leaderId: string
  readonly event: LoggedEvent
  readonly deadline: Instant
  heapIndex: number
}

export function releasedBefore(a: HeldFollower, b: HeldFollower): boolean {
  return a.deadline === b.deadline ? occurredBefore(a, b) < 0 : a.deadline < b.deadline
}

function occurredBefore(a: HeldFollower, b: HeldFollower): number {
  return a.event.occurred - b.event.occurred || a.event.position - b.event.position
}

/** The held events of one project: by the event they wait for, and by when they stop waiting. */
export class Followers {
  readonly #windows: WindowSet
  readonly #book: WindowBook
  readonly #deadlines: Heap<HeldFollower>
  readonly #byLeader = new Map<string, HeldFollower[]>()
  readonly #positions = new Set<number>()

  constructor(project: string, book: WindowBook, deadlines: Heap<HeldFollower>) {
    this.#windows = new WindowSet(project, FOLLOWS_TRIGGER)
    this.#book = book
    this.#deadlines = deadlines
  }

  get size(): number {
    return this.#positions.size
  }

  /** Whether the event has to wait: the one it follows has not been evaluated yet, as far as the log tells. */
  mustWait({ event, position, leaderPosition }: EventEntry): boolean {
    if (event.follows === null || event.follows === event.id) return false
    return leaderPosition === null || leaderPosition >= position || this.#positions.has(leaderPosition)
  }

  hold(event: LoggedEvent, leaderId: string): void {
    const usual = `${leaderId}:${event.id}`
    // Two sources may use the same id.
    const key = this.#book.read(this.#windows, usual) === null ? usual : `${usual}:${event.position}`
    const deadline = event.received + FOLLOW_WAIT
    const { position, occurred } = event
    this.#book.write(this.#windows, key, { kind: 'held', leaderId, position, occurred, deadline })
    this.#add(event, key, { leaderId, deadline })
  }

  /** Puts back an event that the store knows as held. */
  load(event: LoggedEvent, key: string, held: { readonly leaderId: string; readonly deadline: Instant }): void {
    const { leaderId, deadline } = held
    const state = { kind: 'held', leaderId, position: event.position, occurred: event.occurred, deadline } as const
    this.#book.load(this.#windows, { project: this.#windows.project, trigger: FOLLOWS_TRIGGER, key, state })
    this.#add(event, key, held)
  }

  /** The events that wait for `leaderId`, in the order in which they occurred. */
  of(leaderId: string): readonly HeldFollower[] {
    const held = this.#byLeader.get(leaderId)
    return held === undefined ? [] : [...held].sort(occurredBefore)
  }

  release(follower: HeldFollower): void {
    const others = (this.#byLeader.get(follower.leaderId) ?? []).filter((held) => held !== follower)
    if (others.length === 0) this.#byLeader.delete(follower.leaderId)
    else this.#byLeader.set(follower.leaderId, others)
    this.#positions.delete(follower.event.position)
    this.#deadlines.remove(follower)
    this.#book.write(this.#windows, follower.key, null)
  }

  #add(event: LoggedEvent, key: string, held: { readonly leaderId: string; readonly deadline: Instant }): void {
    const { leaderId, deadline } = held
    const follower: HeldFollower = { project: this.#windows.project, key, leaderId, event, deadline, heapIndex: -1 }
    const others = this.#byLeader.get(leaderId)
    if (others === undefined) this.#byLeader.set(leaderId, [follower])
    else others.push(follower)
    this.#positions.add(event.position)
    this.#deadlines.put(follower)
  }
}
