/** An instant: integer microseconds since 1970-01-01T00:00:00Z. Safe in a double until the year 2255. */
export type Instant = number

export const MICROSECOND = 1
export const MILLISECOND = 1_000
export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
