import { type EngineOptions, type EngineState, loadEngine, type StepResult, step } from './engine.ts'
import type { AutomationVersion, Entry } from './entry.ts'
import type { LoggedEvent } from './event/logged-event.ts'
import type { Firing } from './firing.ts'
import type { Observation } from './observation.ts'
import type { StoredWindow } from './window/window.ts'

/** A decider with a store in memory: commits what each step says, and can die and take over between any two entries. */
export class Replay {
  readonly firings: Firing[] = []
  readonly observations: Observation[] = []
  readonly #options: EngineOptions
  readonly #automations = new Map<string, AutomationVersion>()
  readonly #windows = new Map<string, StoredWindow>()
  readonly #events = new Map<number, LoggedEvent>()
  #state: EngineState

  constructor(options: EngineOptions = {}) {
    this.#options = options
    this.#state = loadEngine({ cursor: 0, clock: 0, automations: [], windows: [], heldEvents: [] }, options)
  }

  get state(): EngineState {
    return this.#state
  }

  /** The rows the store holds. */
  get windows(): readonly StoredWindow[] {
    return [...this.#windows.values()]
  }

  decide(entries: readonly Entry[]): StepResult {
    for (const entry of entries) this.#append(entry)
    const result = step(this.#state, entries)
    this.firings.push(...result.firings)
    this.observations.push(...result.observations)
    for (const { state, ...place } of result.windows) {
      const row = JSON.stringify([place.project, place.trigger, place.key])
      if (state === null) this.#windows.delete(row)
      else this.#windows.set(row, { ...place, state })
    }
    return result
  }

  /** Throws the memory away and loads what was committed, as after a crash. */
  restart(): void {
    const { cursor, clock } = this.#state
    const windows = [...this.#windows.values()]
    const heldEvents = windows.flatMap(({ state }) => {
      const event = state.kind === 'held' ? this.#events.get(state.position) : undefined
      return event === undefined ? [] : [event]
    })
    const automations = [...this.#automations.values()]
    this.#state = loadEngine({ cursor, clock, automations, windows, heldEvents }, this.#options)
  }

  #append(entry: Entry): void {
    if (entry.kind === 'event') this.#events.set(entry.position, entry.event)
    if (entry.kind !== 'automation') return
    if (entry.version === null) this.#automations.delete(entry.automationId)
    else this.#automations.set(entry.automationId, entry.version)
  }
}
