/** Entries one decide commit covers at most. */
export const DECIDE_BATCH_MAX = 2_000
/** Firings one commit should hold: the process does nothing else while their rows are written. */
export const FIRINGS_PER_BATCH = 500
/** Nothing is known yet about how much the entries fire. */
export const DECIDE_BATCH_FIRST = 200
const GROWTH_MAX = 4

/** How many entries the commit after one of `entries` with so many `firings` takes, where that one took `limit` at most. */
export function nextBatchSize(limit: number, entries: number, firings: number): number {
  const fitting = firings === 0 ? DECIDE_BATCH_MAX : Math.floor((FIRINGS_PER_BATCH * entries) / firings)
  return Math.max(1, Math.min(fitting, limit * GROWTH_MAX, DECIDE_BATCH_MAX))
}
