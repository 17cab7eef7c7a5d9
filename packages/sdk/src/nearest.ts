import { distance } from 'fastest-levenshtein'

/** The one of `known` that `given` was probably meant to be, or null. */
export function nearest(given: string, known: readonly string[]): string | null {
  const typosMax = Math.max(1, Math.floor(given.length / 3))
  let best: { word: string; typos: number } | null = null
  for (const word of known) {
    const typos = distance(given.toLowerCase(), word.toLowerCase())
    if (typos <= typosMax && (best === null || typos < best.typos)) best = { word, typos }
  }
  return best?.word ?? null
}
