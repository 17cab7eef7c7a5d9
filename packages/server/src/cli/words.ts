/** Small pieces of text that tables and lines share. */

/** An instant to the second, as it is sent: `2026-01-31T08:00:00Z`. */
export function when(instant: string | null): string {
  return instant === null ? '' : `${instant.slice(0, 19)}Z`
}

/** `97 ms`, `1.4 s`, `3 min 20 s`, `2 h 5 min`. */
export function howLong(ms: number | null): string {
  if (ms === null) return ''
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const seconds = Math.floor(ms / 1_000)
  if (seconds < 60) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `1 event`, `2 events`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

export const yesNo = (value: boolean): string => (value ? 'yes' : 'no')

/** A limit that may be absent. */
export const limitText = (value: number | null): string => (value === null ? '' : String(value))
