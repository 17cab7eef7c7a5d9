import { isJsonObject, type Json, type JsonObject } from '@upon/engine'
import { z } from 'zod'

type Direction = 'input' | 'output'

/** Where a reference to the component of one direction stands until `finish` knows its name. */
const PENDING = /^#pending\/(input|output)\/(.+)$/

/**
 * Collects JSON Schemas with an `id` as named components. A schema that reads differently from what it gives
 * (defaults, durations) becomes two components, the one for requests with `Input` after its name.
 */
export class SchemaBook {
  readonly #closed: boolean
  readonly #components: Record<Direction, Map<string, JsonObject>> = { input: new Map(), output: new Map() }

  constructor(options: { closed: boolean }) {
    this.#closed = options.closed
  }

  /** The JSON Schema of `schema`; named schemas inside it become components. */
  add(schema: z.ZodType, direction: Direction): JsonObject {
    const { $defs, ...root } = jsonSchema(schema, { direction, closed: this.#closed })
    for (const [id, definition] of Object.entries(isJsonObject($defs) ? $defs : {})) {
      if (isJsonObject(definition)) this.#components[direction].set(id, pending(definition, direction))
    }
    const id = schema.meta()?.id
    if (id === undefined) return pending(root, direction)
    // A schema with an id is usually among the definitions already, and the root only refers to it.
    if (!this.#components[direction].has(id)) this.#components[direction].set(id, pending(root, direction))
    return { $ref: `#pending/${direction}/${id}` }
  }

  /** One OpenAPI parameter for each member of an object schema. */
  parameters(schema: z.ZodType | undefined, place: 'path' | 'query' | 'header'): JsonObject[] {
    if (schema === undefined) return []
    // What a query gives is what it takes, written as text: the given side says so without the text.
    const { properties } = this.add(schema, 'output')
    const { required } = jsonSchema(schema, { direction: 'input', closed: true })
    const needed = Array.isArray(required) ? required : []
    return Object.entries(isJsonObject(properties) ? properties : {}).map(([name, property]) => {
      const { description, ...rest } = isJsonObject(property) ? property : {}
      return {
        name,
        in: place,
        required: place === 'path' || needed.includes(name),
        ...(description !== undefined && { description }),
        schema: rest,
      }
    })
  }

  /** The document with its components added and every reference resolved to one of them. */
  finish<T extends { readonly components: JsonObject }>(document: T): T {
    const names = this.#names()
    const schemas = [...names].map(([key, name]) => {
      const [direction, id] = key.split('/', 2)
      return [name, this.#components[direction === 'input' ? 'input' : 'output'].get(id ?? '') ?? {}] as const
    })
    const components = { ...document.components, schemas: Object.fromEntries(schemas.sort(byName)) }
    return resolved({ ...document, components }, names)
  }

  #names(): Map<string, string> {
    const { input, output } = this.#components
    const twofold = this.#twofold()
    const names = new Map<string, string>()
    for (const id of output.keys()) names.set(`output/${id}`, id)
    for (const id of input.keys()) names.set(`input/${id}`, twofold.has(id) ? `${id}Input` : id)
    return names
  }

  /** Ids whose two directions differ, themselves or in anything they refer to. */
  #twofold(): Set<string> {
    const { input, output } = this.#components
    const neutral = (schema: JsonObject | undefined) =>
      JSON.stringify(schema)?.replaceAll('#pending/input/', '#pending/output/')
    const shared = [...input.keys()].filter((id) => output.has(id))
    const found = new Set(shared.filter((id) => neutral(input.get(id)) !== neutral(output.get(id))))
    for (let before = -1; before !== found.size; ) {
      before = found.size
      for (const id of shared) {
        const refers = referencesOf(input.get(id) ?? {}).some((other) => found.has(other))
        if (refers) found.add(id)
      }
    }
    return found
  }
}

/** The JSON Schema (2020-12) of a schema, for what it takes or what it gives. */
export function jsonSchema(schema: z.ZodType, options: { direction: Direction; closed: boolean }): JsonObject {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io: options.direction,
    unrepresentable: 'any',
    override: ({ jsonSchema: part }) => {
      delete part.id
      // The format says the same in one word, and "any safe integer" says nothing.
      if (part.format === 'date-time' || part.format === 'uuid') delete part.pattern
      if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum
      if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum
      // Readers must accept members that a later version adds.
      if (options.direction === 'output' && !options.closed && part.additionalProperties === false) {
        delete part.additionalProperties
      }
    },
  })
  const plain: unknown = JSON.parse(JSON.stringify(json))
  return isJsonObject(plain) ? plain : {}
}

function pending(schema: JsonObject, direction: Direction): JsonObject {
  return mapRefs(schema, (ref) => ref.replace('#/$defs/', `#pending/${direction}/`))
}

function resolved<T>(document: T, names: ReadonlyMap<string, string>): T {
  return mapRefs(document, (ref) => {
    const match = PENDING.exec(ref)
    return match === null ? ref : `#/components/schemas/${names.get(`${match[1]}/${match[2]}`) ?? match[2]}`
  })
}

function referencesOf(schema: JsonObject): string[] {
  const found: string[] = []
  mapRefs(schema, (ref) => {
    found.push(PENDING.exec(ref)?.[2] ?? ref)
    return ref
  })
  return found
}

/** A copy of a JSON tree with each `$ref` replaced. */
function mapRefs<T>(tree: T, replace: (ref: string) => string): T {
  const text = JSON.stringify(tree, (key, value: Json) =>
    key === '$ref' && typeof value === 'string' ? replace(value) : value,
  )
  return JSON.parse(text)
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1
}
