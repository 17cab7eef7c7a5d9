import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLines } from '../flow-fixture.test-support.ts'
import { MILLISECOND, SECOND } from '../instant.ts'
import { DURATION_MAX, durationSchema, formatDuration, parseDuration } from './duration.ts'

describe('a duration', () => {
  test.each(readLines('duration/valid.txt'))('%s is understood', (line) => {
    const [written = '', seconds] = line.split('\t')
    const input = /^-?[\d.]+$/.test(written) ? Number(written) : written
    expect(parseDuration(input)).toEqual({ ok: true, duration: Number(seconds) * SECOND })
    expect(durationSchema.parse(input)).toBe(Number(seconds))
  })

  test.each(readLines('duration/invalid.txt'))('%j is refused', (line) => {
    expect(parseDuration(line)).toMatchObject({ ok: false })
    expect(durationSchema.safeParse(line).success).toBe(false)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, null, undefined, true, {}])('%j is refused', (input) => {
    expect(parseDuration(input)).toMatchObject({ ok: false })
  })

  test('may be as long as the limit and no longer', () => {
    expect(parseDuration(DURATION_MAX / SECOND)).toMatchObject({ ok: true })
    expect(parseDuration(DURATION_MAX / SECOND + 1)).toMatchObject({
      ok: false,
      message: expect.stringContaining('at most 18250 days'),
    })
  })

  test('reads back as it was written for people', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: DURATION_MAX / MILLISECOND }), (millis) => {
        const duration = millis * MILLISECOND
        expect(parseDuration(formatDuration(duration))).toEqual({ ok: true, duration })
      }),
    )
    expect([0, 60, 90, 5_400, 90_061.5].map((seconds) => formatDuration(seconds * SECOND))).toEqual([
      '0s',
      '60s',
      '90s',
      '1h 30m',
      '1d 1h 1m 1.5s',
    ])
  })
})
