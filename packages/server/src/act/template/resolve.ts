import type { Json, JsonObject } from '@upon/engine'
import { EventView, eventOr, ORIGINAL_KEY } from './event-view.ts'
import type { Path, Segment } from './paths.ts'
import { type Found, isList, isObject, LabelView, ownEntry, View } from './view.ts'

/** What a path leads to in the context. Anything after something missing is missing too. */
export function resolve(context: JsonObject, { root, segments }: Pick<Path, 'root' | 'segments'>): Found {
  return segments.reduce<Found>((value, segment) => access(value, segment), rootOf(context, root))
}

/** Events, lists of them and labels answer to more than their JSON does. */
function rootOf(context: JsonObject, root: string): Found {
  const value = ownEntry(context, root)
  if (root === 'event') return eventOr(value)
  if (root === 'labels' && isObject(value)) return new LabelView(value)
  if (root === 'events' && isList(value)) return new EventsView(value)
  if (root === 'firing' && isObject(value)) return new FiringView(value)
  return value
}

function access(value: Found, segment: Segment): Found {
  if (value instanceof View)
    return 'attribute' in segment ? value.attribute(segment.attribute) : value.item(segment.item)
  const key = 'attribute' in segment ? segment.attribute : segment.item
  if (isList(value)) return typeof key === 'number' ? value.at(key) : undefined
  if (typeof value === 'string') return typeof key === 'number' ? Array.from(value).at(key) : undefined
  return isObject(value) ? ownEntry(value, String(key)) : undefined
}

class EventsView extends View {
  readonly #events: readonly Json[]
  constructor(events: readonly Json[]) {
    super()
    this.#events = events
  }
  attribute(): undefined {}
  item(key: string | number): Found {
    return typeof key === 'number' ? eventOr(this.#events.at(key)) : undefined
  }
  pairs(): null {
    return null
  }
  text(): null {
    return null
  }
  native(): Json {
    return this.#events
  }
  override engineValue(): Json {
    return this.#events.map((event) => engineValueOf(eventOr(event)) ?? null)
  }
}

/** A firing, whose triggering event is an event with its helpers. */
class FiringView extends View {
  readonly #firing: JsonObject
  constructor(firing: JsonObject) {
    super()
    this.#firing = firing
  }
  attribute(name: string): Found {
    const value = ownEntry(this.#firing, name)
    return name === 'triggering_event' ? eventOr(value) : value
  }
  item(key: string | number): Found {
    return this.attribute(String(key))
  }
  pairs(): readonly (readonly [string, Json])[] {
    return Object.entries(this.#firing)
  }
  text(): null {
    return null
  }
  native(): Json {
    return this.#firing
  }
  override engineValue(): Json {
    const event = this.attribute('triggering_event')
    if (!(event instanceof EventView)) return this.#firing
    return { ...this.#firing, triggering_event: event.engineValue(), [ORIGINAL_KEY]: this.#firing }
  }
}

/** The JSON of what a path leads to; undefined where there is nothing. */
export function nativeOf(value: Found): Json | undefined {
  return value instanceof View ? value.native() : value
}

/** What the template engine gets for it. */
export function engineValueOf(value: Found): Json | undefined {
  return value instanceof View ? value.engineValue() : value
}
