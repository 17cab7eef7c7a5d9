import type { EngineOptions, EngineSnapshot, StepResult } from '../engine.ts'
import type { AutomationEntry, AutomationVersion, Entry, EventEntry } from '../entry.ts'
import type { LoggedEvent } from '../event/logged-event.ts'
import { type Instant, MINUTE } from '../instant.ts'
import type { Observation } from '../observation.ts'
import { Heap } from '../window/heap.ts'
import type { StoredWindow } from '../window/window.ts'
import { WindowBook } from '../window/window-book.ts'
import { type Batch, evaluateEvent } from './evaluate-event.ts'
import { FOLLOW_DEPTH_MAX, Followers, HELD_EVENTS_MAX, type HeldFollower, releasedBefore } from './followers.ts'
import { LoopBrake } from './loop-brake.ts'
import { ProjectMemory } from './project-memory.ts'

export const KEYS_PER_TRIGGER_MAX = 100_000
export const LOOP_GENERATIONS_MAX = 25
export const LOOP_FIRINGS_MAX = 1_000
export const LOOP_WITHIN: Instant = 10 * MINUTE

/** What one decider knows: everything decided up to `cursor`. Its time is the log's and nothing else's. */
export class DeciderMemory {
  cursor: number
  clock: Instant
  readonly #keysPerTriggerMax: number
  readonly #heldEventsMax: number
  readonly #brake: LoopBrake
  readonly #book = new WindowBook()
  readonly #deadlines = new Heap<HeldFollower>(releasedBefore)
  readonly #projects = new Map<string, ProjectMemory>()
  #batch: Batch = { firings: [], observations: [] }

  constructor(snapshot: EngineSnapshot, options: EngineOptions) {
    this.cursor = snapshot.cursor
    this.clock = snapshot.clock
    this.#keysPerTriggerMax = options.keysPerTriggerMax ?? KEYS_PER_TRIGGER_MAX
    this.#heldEventsMax = options.heldEventsMax ?? HELD_EVENTS_MAX
    const limits = {
      generationsMax: options.loopGenerationsMax ?? LOOP_GENERATIONS_MAX,
      firingsMax: options.loopFiringsMax ?? LOOP_FIRINGS_MAX,
      within: options.loopWithin ?? LOOP_WITHIN,
    }
    this.#brake = new LoopBrake(limits, this.#book)
    const held = new Map(snapshot.heldEvents.map((event) => [event.position, event]))
    for (const window of snapshot.windows) this.#loadWindow(window, held)
    const inOrder = [...snapshot.automations].sort((a, b) => a.order - b.order)
    for (const version of inOrder) this.#loadAutomation(version)
    for (const project of this.#projects.values()) project.adoptOrphans(this.clock)
  }

  get nextDeadline(): Instant | null {
    return this.#deadlines.peek()?.deadline ?? null
  }

  get projects(): ReadonlyMap<string, ProjectMemory> {
    return this.#projects
  }

  get liveWindows(): number {
    return this.#book.liveWindows
  }

  get heldEvents(): number {
    return this.#deadlines.size
  }

  step(entries: readonly Entry[]): StepResult {
    this.#batch = { firings: [], observations: [] }
    for (const entry of entries) this.#process(entry)
    for (const project of this.#projects.values()) project.sweepOrphans()
    const { firings, observations } = this.#batch
    const windows = this.#book.drain()
    return { firings, observations, windows, clock: this.clock, nextDeadline: this.nextDeadline }
  }

  #process(entry: Entry): void {
    if (entry.position <= this.cursor) {
      throw new RangeError(
        `entry at position ${entry.position} after the cursor ${this.cursor}: entries come in log order`,
      )
    }
    const clock = Math.max(this.clock, entry.received)
    this.#runTimers(clock)
    this.#moveClock(clock)
    if (entry.kind === 'event') this.#processEvent(entry)
    else if (entry.kind === 'automation') this.#processAutomation(entry)
    this.cursor = entry.position
  }

  /** Runs what was due up to `clock` at the instants it was due, whenever the entry that lets us know arrived. */
  #runTimers(clock: Instant): void {
    for (let due = this.#deadlines.peek(); due !== undefined; due = this.#deadlines.peek()) {
      if (due.deadline > clock) return
      this.#moveClock(Math.max(this.clock, due.deadline))
      this.#release(this.#projectOf(due.project), due, 'the event it follows did not come in time', 0)
    }
  }

  #moveClock(clock: Instant): void {
    this.clock = clock
    this.#book.expire(clock)
  }

  #processAutomation(entry: AutomationEntry): void {
    const project = this.#projectOf(entry.project)
    try {
      project.setAutomation(entry.automationId, entry.version, this.clock)
    } catch (error) {
      const version = entry.version?.version ?? null
      const { automationId, position } = entry
      this.#observe({
        project: entry.project,
        automationId,
        version,
        reason: 'error',
        position,
        eventId: '',
        detail: String(error),
      })
    }
  }

  #processEvent(entry: EventEntry): void {
    const project = this.#projectOf(entry.project)
    const { event } = entry
    const leaderId = event.follows
    if (leaderId === null || !project.followers.mustWait(entry)) {
      this.#evaluate(project, event, 0)
      return
    }
    if (project.followers.size >= this.#heldEventsMax) {
      this.#observeEvent(project, event, 'released', `not held: ${this.#heldEventsMax} events wait already`)
      this.#evaluate(project, event, 0)
      return
    }
    project.followers.hold(event, leaderId)
    this.#observeEvent(project, event, 'held', `waits for event ${leaderId}, which it follows`)
  }

  /** Evaluates an event, then those that waited for it. */
  #evaluate(project: ProjectMemory, event: LoggedEvent, depth: number): void {
    const { clock } = this
    // Events released at one instant can leave windows that are over already.
    this.#book.expire(clock)
    const [book, batch, brake, keysPerTriggerMax] = [this.#book, this.#batch, this.#brake, this.#keysPerTriggerMax]
    evaluateEvent(event, { project, book, batch, clock, brake, keysPerTriggerMax })
    if (project.followers.size === 0 || depth >= FOLLOW_DEPTH_MAX) return
    for (const follower of project.followers.of(event.id)) {
      this.#release(project, follower, 'the event it follows was evaluated', depth + 1)
    }
  }

  #release(project: ProjectMemory, follower: HeldFollower, reason: string, depth: number): void {
    project.followers.release(follower)
    this.#observeEvent(project, follower.event, 'released', reason)
    this.#evaluate(project, follower.event, depth)
  }

  #observeEvent(project: ProjectMemory, event: LoggedEvent, reason: Observation['reason'], detail: string): void {
    const { position, id: eventId } = event
    this.#observe({ project: project.project, automationId: null, version: null, reason, position, eventId, detail })
  }

  #observe(observation: Observation): void {
    this.#batch.observations.push(observation)
  }

  #loadAutomation(version: AutomationVersion): void {
    try {
      this.#projectOf(version.project).setAutomation(version.id, version, this.clock)
    } catch {
      // It was observed as an error when its entry was decided; it must not keep the others from being loaded.
    }
  }

  #loadWindow(window: StoredWindow, held: ReadonlyMap<number, LoggedEvent>): void {
    const project = this.#projectOf(window.project)
    if (window.state.kind !== 'held') {
      project.loadWindow(window)
      return
    }
    const event = held.get(window.state.position)
    if (event === undefined)
      throw new RangeError(`held event at position ${window.state.position} is not in the snapshot`)
    project.followers.load(event, window.key, window.state)
  }

  #projectOf(name: string): ProjectMemory {
    const known = this.#projects.get(name)
    if (known !== undefined) return known
    const created = new ProjectMemory(name, this.#book, new Followers(name, this.#book, this.#deadlines))
    this.#projects.set(name, created)
    return created
  }
}
