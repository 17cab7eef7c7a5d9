import { parse } from 'tinyduration'
import { z } from 'zod'
import { DAY, HOUR, type Instant, MICROSECOND, MILLISECOND, MINUTE, SECOND } from '../instant.ts'

/** Keeps `instant + duration` a safe integer for every accepted instant. 50 years of 365 days. */
export const DURATION_MAX: Instant = 50 * 365 * DAY

export type DurationResult =
  | { readonly ok: true; readonly duration: Instant }
  | { readonly ok: false; readonly message: string }

const EXPECTED = 'seconds (90), ISO 8601 ("PT1M30S"), "HH:MM:SS" or "1h 30m"'
const NUMBER = /^[+-]?\d+(\.\d+)?$/
const CLOCK = /^(-)?(\d{1,6}):([0-5]\d):([0-5]\d(?:\.\d{1,6})?)$/
// The parser takes "P", "PT" and trailing text for durations; this is what it may see.
const ISO =
  /^-?P(?=[\dT])(\d+([.,]\d+)?W)?(\d+([.,]\d+)?D)?(T(?=\d)(\d+([.,]\d+)?H)?(\d+([.,]\d+)?M)?(\d+([.,]\d+)?S)?)?$/
const ISO_CALENDAR = /^-?P[\d.,]*[YM]|^-?P[\d.,]+Y[\d.,]+M/
const WORDS = /^\d+(\.\d+)?\s*(ms|[wdhms])(\s*\d+(\.\d+)?\s*(ms|[wdhms]))*$/
const WORD = /(\d+(?:\.\d+)?)\s*(ms|[wdhms])/g

const UNIT = new Map<string, Instant>([
  ['w', 7 * DAY],
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
  ['ms', MILLISECOND],
])

/**
 * Reads a duration in microseconds from a number of seconds or from text: ISO 8601, `HH:MM:SS`, `1h 30m`.
 * Years and months are refused (their length is not fixed), and so is text that is only a number.
 */
export function parseDuration(input: unknown): DurationResult {
  if (typeof input === 'number') return checked(input * SECOND, input)
  if (typeof input !== 'string') return { ok: false, message: `must be a duration: ${EXPECTED}` }
  const text = input.trim()
  if (NUMBER.test(text)) {
    return { ok: false, message: `must be a duration with a unit; write ${Number(text)} or "${text}s", not "${text}"` }
  }
  const clock = CLOCK.exec(text)
  if (clock !== null) return checked(clockMicros(clock), input)
  if (ISO.test(text)) return checked(isoMicros(text), input)
  if (ISO_CALENDAR.test(text)) {
    return { ok: false, message: `must not use years or months, whose length varies: write days instead of "${text}"` }
  }
  if (WORDS.test(text)) return checked(wordMicros(text), input)
  return { ok: false, message: `must be a duration: ${EXPECTED}, not ${JSON.stringify(input)}` }
}

function checked(micros: number, given: number | string): DurationResult {
  const duration = Math.round(micros)
  if (!Number.isFinite(duration)) return { ok: false, message: `must be a duration: ${EXPECTED}` }
  if (Math.abs(duration) > DURATION_MAX) {
    return { ok: false, message: `must be at most ${DURATION_MAX / DAY} days, not ${JSON.stringify(given)}` }
  }
  return { ok: true, duration: duration === 0 ? 0 : duration }
}

function clockMicros([, sign, hours, minutes, seconds]: readonly (string | undefined)[]): number {
  const micros = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND
  return sign === undefined ? micros : -micros
}

function isoMicros(text: string): number {
  const { negative, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = parse(text)
  const micros = weeks * 7 * DAY + days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND
  return negative === true ? -micros : micros
}

function wordMicros(text: string): number {
  let micros = 0
  for (const [, amount, unit] of text.matchAll(WORD)) micros += Number(amount) * (UNIT.get(unit ?? '') ?? Number.NaN)
  return micros
}

/** Writes a duration for people: `1h 30m`, `60s`, `0s`; parses back to the same duration. */
export function formatDuration(duration: Instant): string {
  if (duration < 0) return `-${formatDuration(-duration)}`
  if (duration < MINUTE * 2 && duration % MICROSECOND === 0) return `${duration / SECOND}s`
  const parts: string[] = []
  let rest = duration
  for (const unit of ['d', 'h', 'm'] as const) {
    const size = UNIT.get(unit) ?? DAY
    if (rest >= size) parts.push(`${Math.floor(rest / size)}${unit}`)
    rest %= size
  }
  if (rest > 0) parts.push(`${rest / SECOND}s`)
  return parts.join(' ')
}

/** A duration in any accepted form; its parsed value is a number of seconds. */
export const durationSchema = z
  .union([z.number(), z.string()], { error: `must be a duration: ${EXPECTED}` })
  .transform((input, context) => {
    const result = parseDuration(input)
    if (result.ok) return result.duration / SECOND
    context.addIssue({ code: 'custom', message: result.message, input })
    return z.NEVER
  })
  .pipe(z.number())
  .meta({ title: 'Duration', description: `A duration: ${EXPECTED}.`, examples: [90, 'PT1M30S', '00:01:30', '1m 30s'] })

/** Seconds, as stored JSON holds them, to microseconds. */
export function secondsToMicros(seconds: number): Instant {
  return Math.round(seconds * SECOND)
}
