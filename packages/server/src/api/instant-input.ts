import { type Instant, parseInstant } from '@upon/engine'
import { invalidPart } from './invalid-part.ts'

/** Reads a moment of the query; undefined where it is left out. */
export const instantQuery = (name: string, text: string | undefined): Instant | undefined =>
  instantInput(name, text, 'the query')

/** Reads a moment of one part of a request; undefined where it is left out. */
export function instantInput(name: string, text: string | undefined, where: string): Instant | undefined {
  if (text === undefined) return undefined
  const instant = parseInstant(text)
  if (instant !== null) return instant
  throw invalidPart(where, [
    { path: name, message: 'must be a date and time in the years 1970 to 2200', found: JSON.stringify(text) },
  ])
}
