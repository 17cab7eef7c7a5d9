import type { Json } from '@upon/engine'
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml'

/** Most values one document may gain by repeating what anchors name. */
export const ALIAS_VALUES_MAX = 50_000

export interface YamlMistake {
  /** Where in the text, in characters from its start. */
  readonly offset: number
  readonly message: string
}

export interface YamlValueOptions {
  /** Read `yes`, `no`, `on` and `off` as booleans where they are values, as YAML 1.1 does; keys stay text. */
  readonly yaml11?: boolean
  /** Keys whose number is kept as it is written, so that `version: 1.10` is not `1.1`. */
  readonly textKeys?: readonly string[]
}

interface Walk {
  readonly document: Document
  readonly options: YamlValueOptions
  readonly mistakes: YamlMistake[]
  /** Anchored nodes that are being expanded, to find one that contains itself. */
  readonly open: Set<Node>
  expanded: number
}

/** The JSON value of a document with aliases and merge keys resolved, and what in it is not JSON. */
export function yamlValue(
  document: Document,
  options: YamlValueOptions = {},
): { value: Json; mistakes: YamlMistake[] } {
  const walk: Walk = { document, options, mistakes: [], open: new Set(), expanded: 0 }
  const value = jsonOf(walk, isNode(document.contents) ? document.contents : null)
  return { value, mistakes: walk.mistakes }
}

export const keyText = (key: Scalar): string =>
  typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))

export const isMergeKey = (key: Scalar): boolean => key.value === '<<' && key.type === 'PLAIN'

function jsonOf(walk: Walk, node: unknown, key?: string): Json {
  if (!isNode(node)) return null
  if (walk.open.size > 0 && ++walk.expanded > ALIAS_VALUES_MAX) {
    const message = `aliases expand to more than ${ALIAS_VALUES_MAX} values`
    if (walk.expanded === ALIAS_VALUES_MAX + 1) mistake(walk, node, message)
    return null
  }
  if (isAlias(node)) return throughAlias(walk, node, (target) => jsonOf(walk, target, key)) ?? null
  if (isMap(node)) return Object.fromEntries(entriesOf(walk, node))
  if (isSeq(node)) return node.items.map((item) => jsonOf(walk, item))
  return isScalar(node) ? scalarOf(walk, node, key) : null
}

function throughAlias<T>(walk: Walk, alias: Alias, use: (target: Node) => T): T | undefined {
  const target = alias.resolve(walk.document)
  if (target === undefined) {
    mistake(walk, alias, `no anchor "&${alias.source}" comes before the alias "*${alias.source}"`)
    return undefined
  }
  if (walk.open.has(target)) {
    mistake(walk, alias, `"*${alias.source}" contains itself`)
    return undefined
  }
  walk.open.add(target)
  const result = use(target)
  walk.open.delete(target)
  return result
}

/** Members written in the map win over merged ones, and of several merged maps the first wins. */
function entriesOf(walk: Walk, map: YAMLMap): Map<string, Json> {
  const own = new Map<string, Json>()
  const merged = new Map<string, Json>()
  for (const { key, value } of map.items) {
    if (isScalar(key) && isMergeKey(key)) {
      for (const source of isSeq(value) ? value.items : [value]) {
        for (const [name, member] of mergedEntries(walk, source)) if (!merged.has(name)) merged.set(name, member)
      }
    } else if (isScalar(key) && key.value !== null) {
      own.set(keyText(key), jsonOf(walk, value, keyText(key)))
    } else {
      mistake(walk, isNode(key) ? key : map, 'a key must be text')
    }
  }
  return new Map([...merged, ...own])
}

function mergedEntries(walk: Walk, source: unknown): ReadonlyMap<string, Json> {
  if (isAlias(source)) return throughAlias(walk, source, (target) => mergedEntries(walk, target)) ?? new Map()
  if (isMap(source)) return entriesOf(walk, source)
  if (isNode(source)) mistake(walk, source, '"<<" takes an object, or a list of objects, to merge')
  return new Map()
}

const BOOLEANS_11 = new Map([
  ['yes', true],
  ['on', true],
  ['no', false],
  ['off', false],
])

function scalarOf(walk: Walk, scalar: Scalar, key: string | undefined): Json {
  const { value, type, source } = scalar
  if (typeof value === 'string') {
    const boolean = type === 'PLAIN' && walk.options.yaml11 === true ? BOOLEANS_11.get(value.toLowerCase()) : undefined
    return boolean ?? value
  }
  if (typeof value === 'boolean' || value === null || value === undefined) return value ?? null
  if (typeof value === 'number' && key !== undefined && walk.options.textKeys?.includes(key)) {
    return source ?? String(value)
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (value instanceof Date) return value.toISOString()
  mistake(walk, scalar, `${source ?? String(value)} is not a JSON value`)
  return null
}

function mistake(walk: Walk, node: Node, message: string): void {
  walk.mistakes.push({ offset: node.range?.[0] ?? 0, message })
}
