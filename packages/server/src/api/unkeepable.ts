/** A place in parsed JSON and what is wrong with it. */
export interface Unkeepable {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

const HALF_CHARACTER = /\p{Surrogate}/u

/**
 * The first value that could not be given back as it came, or null: a number such as 1e999, which would become null,
 * and text with half a character, which would become another one.
 */
export function findUnkeepable(value: unknown, path: readonly PropertyKey[] = []): Unkeepable | null {
  if (typeof value === 'number')
    return Number.isFinite(value) ? null : { path, message: 'is a number too large to keep' }
  if (typeof value === 'string') return HALF_CHARACTER.test(value) ? { path, message: 'holds half a character' } : null
  if (typeof value !== 'object' || value === null) return null
  const isArray = Array.isArray(value)
  for (const [key, item] of Object.entries(value)) {
    if (!isArray && HALF_CHARACTER.test(key)) return { path, message: 'has a key with half a character' }
    const found = findUnkeepable(item, [...path, isArray ? Number(key) : key])
    if (found !== null) return found
  }
  return null
}
