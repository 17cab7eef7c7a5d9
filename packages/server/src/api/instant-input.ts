import { type Instant, parseInstant } from '@upon/engine'
import { invalidPart } from './invalid-part.ts'

/** Reads a moment of the query; undefined where it is left out. */
export function instantQuery(name: string, text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined
  const instant = parseInstant(text)
  if (instant !== null) return instant
  throw invalidPart('the query', [
    { path: name, message: 'must be a date and time in the years 1970 to 2200', found: JSON.stringify(text) },
  ])
}
