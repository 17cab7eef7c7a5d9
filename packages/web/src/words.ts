/** Time of day of an ISO instant, in the reader's zone, to the millisecond. */
export function timeOfDay(instant: string): string {
  const date = new Date(instant)
  return `${date.toLocaleTimeString(undefined, { hour12: false })}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** A length of time in milliseconds as people say it: `97 ms`, `2.4 s`, `3 min 20 s`. */
export function lengthOfTime(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
}
