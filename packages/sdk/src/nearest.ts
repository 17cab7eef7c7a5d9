import { suggest } from '@upon/engine'

/** The one of `known` that `given` was probably meant to be, or null. */
export function nearest(given: string, known: readonly string[]): string | null {
  return suggest(given, known) ?? null
}
