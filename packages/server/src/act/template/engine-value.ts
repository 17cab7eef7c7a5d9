import type { Json } from '@upon/engine'
import { ORIGINAL_KEY } from './event-view.ts'

/**
 * The JSON of a value that comes from the engine: maps arrive as `Map`, none and undefined alike as undefined. Views get
 * back the JSON they stand for.
 */
export function fromEngine(value: unknown): Json {
  if (value instanceof Map) return fromMap(value)
  if (Array.isArray(value)) return value.map(fromEngine)
  if (typeof value === 'number' || typeof value === 'bigint') return finite(Number(value))
  return typeof value === 'string' || typeof value === 'boolean' ? value : null
}

function fromMap(value: ReadonlyMap<unknown, unknown>): Json {
  const original = value.get(ORIGINAL_KEY)
  if (original !== undefined) return fromEngine(original)
  return Object.fromEntries([...value].map(([key, item]) => [String(key), fromEngine(item)]))
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value
  throw new Error(`${Number.isNaN(value) ? 'not a number' : 'infinity'} (a division by zero?) has no JSON form`)
}
