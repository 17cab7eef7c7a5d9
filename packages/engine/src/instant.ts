/** An instant: integer microseconds since 1970-01-01T00:00:00Z. Safe in a double until the year 2255. */
export type Instant = number

export const MICROSECOND = 1
export const MILLISECOND = 1_000
export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Years outside 1970-2200 are refused: below are unset clocks, above the sums with durations stop being exact. */
export const INSTANT_MIN: Instant = 0
/** Exclusive. */
export const INSTANT_MAX: Instant = Date.UTC(2201, 0, 1) * MILLISECOND

const TEXT = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?$/
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Reads an ISO 8601 date and time; without a zone it is UTC. Digits beyond microseconds are cut off.
 * Null when it is not one, is no day of the calendar, or lies outside the years 1970-2200.
 */
export function parseInstant(text: string): Instant | null {
  const quick = parseUsualForm(text)
  if (quick !== null) return quick
  const match = TEXT.exec(text)
  if (match === null) return null
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '0', fraction = '', zone = 'Z'] = match
  if (+hour > 23 || +minute > 59 || +second > 59 || !isDay(+year, +month, +day)) return null
  const offset = zoneMinutes(zone)
  if (offset === null) return null
  const millis = Date.UTC(+year, +month - 1, +day, +hour, +minute - offset, +second)
  const instant = millis * MILLISECOND + (fraction === '' ? 0 : +fraction.slice(0, 6).padEnd(6, '0'))
  return instant >= INSTANT_MIN && instant < INSTANT_MAX ? instant : null
}

// Nearly every instant reads 2026-01-31T08:00:00(.123(456))Z; reading its digits costs a fifth of the expression above.
function parseUsualForm(text: string): Instant | null {
  const end = text.length - 1
  if ((end !== 19 && end !== 23 && end !== 26) || text.charCodeAt(end) !== 90 || text.charCodeAt(10) !== 84) return null
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return null
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  if (!(year >= 1970 && year <= 2200 && hour < 24 && minute < 60 && second < 60 && isDay(year, month, day))) return null
  const whole = Date.UTC(year, month - 1, day, hour, minute, second) * MILLISECOND
  if (end === 19) return whole
  const fraction = text[19] === '.' ? digits(text, 20, end) * (end === 23 ? MILLISECOND : MICROSECOND) : Number.NaN
  return Number.isNaN(fraction) ? null : whole + fraction
}

/** NaN where some character is no digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let index = from; index < to; index += 1) {
    const digit = text.charCodeAt(index) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > (DAYS_IN_MONTH[month - 1] ?? 0)) return false
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
}

function zoneMinutes(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0
  const hours = +zone.slice(1, 3)
  const minutes = +zone.slice(3).replace(':', '')
  if (hours > 23 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/** Writes an instant as ISO 8601 with `Z`: milliseconds, or microseconds where it has some. */
export function formatInstant(instant: Instant): string {
  const text = new Date(Math.floor(instant / MILLISECOND)).toISOString()
  const micros = ((instant % MILLISECOND) + MILLISECOND) % MILLISECOND
  return micros === 0 ? text : `${text.slice(0, -1)}${String(micros).padStart(3, '0')}Z`
}
