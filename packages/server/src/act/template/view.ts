import type { Json, JsonObject } from '@upon/engine'

/** A value of the context with its own rules for access, such as a resource or a tree of labels. */
export abstract class View {
  abstract attribute(name: string): Found
  abstract item(key: string | number): Found
  /** Its entries in order, as `items()` and loops see them; null when it has none. */
  abstract pairs(): readonly (readonly [string, Json])[] | null
  /** What it prints as; null prints its JSON as Python would. */
  abstract text(): string | null
  /** What it is as a parameter's value. */
  abstract native(): Json
  /** What the template engine gets to work with. @default the native value */
  engineValue(): Json {
    return this.native()
  }
}

/** What a path leads to; undefined where there is nothing. */
export type Found = Json | View | undefined

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof View)
}

export function isList(value: Found): value is readonly Json[] {
  return Array.isArray(value)
}

/** An entry of a plain object; never what it inherits. */
export function ownEntry(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Labels as a tree: `some.label` is reached as `labels.some.label` and as `labels['some.label']`. */
export class LabelView extends View {
  readonly #labels: JsonObject
  readonly #prefix: string

  constructor(labels: JsonObject, prefix = '') {
    super()
    this.#labels = labels
    this.#prefix = prefix
  }

  attribute(name: string): Found {
    return this.item(name)
  }

  item(key: string | number): Found {
    const full = this.#prefix === '' ? String(key) : `${this.#prefix}.${key}`
    if (Object.keys(this.#labels).some((label) => label.startsWith(`${full}.`)))
      return new LabelView(this.#labels, full)
    return ownEntry(this.#labels, full)
  }

  pairs(): readonly (readonly [string, Json])[] {
    const start = this.#prefix === '' ? '' : `${this.#prefix}.`
    return Object.entries(this.#labels)
      .filter(([label]) => label.startsWith(start))
      .map(([label, value]) => [label.slice(start.length), value])
  }

  /** A node prints the value of the label that ends at it, or nothing. */
  text(): string {
    return String(ownEntry(this.#labels, this.#prefix) ?? '')
  }

  native(): Json {
    return this.#prefix === ''
      ? this.#labels
      : (ownEntry(this.#labels, this.#prefix) ?? Object.fromEntries(this.pairs()))
  }
}
