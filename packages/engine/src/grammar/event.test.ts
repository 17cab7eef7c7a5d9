import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseInstant } from '../instant.ts'
import { eventSchema, parseEvent } from './event.ts'
import { fastEvent } from './fast-event.ts'
import type { Problem } from './problem.ts'

const ID = '0193b0a5-7d2e-7c11-8f3a-2f6b1c9d4e5f'
const NOW = parseInstant('2026-01-31T08:00:00Z') ?? 0
const OPTIONS = { newId: () => ID, now: NOW }
const MINIMAL = { event: 'external.resource.pinged', resource: { 'prefect.resource.id': 'my.external.resource' } }

function problemsOf(input: unknown): readonly Problem[] {
  const parsed = parseEvent(input, OPTIONS)
  return parsed.ok ? [] : parsed.problems
}

function messagesOf(input: unknown): string[] {
  return problemsOf(input).map(({ path, message }) => `${path}: ${message}`)
}

function labels(count: number): Record<string, string> {
  const rest = Array.from({ length: count - 1 }, (_, n) => [`label-${n}`, 'x'] as const)
  return Object.fromEntries([['prefect.resource.id', 'r'], ...rest])
}

describe('an incoming event', () => {
  test('needs only a name and a resource; the rest has defaults', () => {
    expect(parseEvent(MINIMAL, OPTIONS)).toEqual({
      ok: true,
      event: {
        ...MINIMAL,
        id: ID,
        source: 'api',
        occurred: NOW,
        occurredText: '2026-01-31T08:00:00.000Z',
        related: [],
        payload: {},
        follows: null,
        traceparent: null,
      },
    })
  })

  test('keeps what it was given, the text of its instant included', () => {
    const parsed = parseEvent(
      { ...MINIMAL, id: ID.toUpperCase(), occurred: '2026-01-31T09:00:00.5+01:00', follows: null },
      OPTIONS,
    )
    expect(parsed).toMatchObject({
      event: { id: ID, occurred: NOW + 500_000, occurredText: '2026-01-31T09:00:00.5+01:00' },
    })
  })

  test('may write upon.resource for prefect.resource in its labels', () => {
    const parsed = parseEvent(
      { event: 'e', resource: { 'upon.resource.id': 'r', 'upon.resource.name': 'R', other: 'x' } },
      OPTIONS,
    )
    expect(parsed).toMatchObject({
      event: { resource: { 'prefect.resource.id': 'r', 'prefect.resource.name': 'R', other: 'x' } },
    })
    expect(messagesOf({ event: 'e', resource: { 'upon.resource.id': 'r', 'prefect.resource.id': 's' } })).toEqual([
      'resource.prefect.resource.id: The label prefect.resource.id is given twice',
    ])
  })

  test.each([
    [[], ': must be an object'],
    [{ ...MINIMAL, resource: {} }, 'resource: Resources must include the prefect.resource.id label'],
    [
      { ...MINIMAL, resource: { 'prefect.resource.id': '' } },
      'resource: The prefect.resource.id label must be non-empty',
    ],
    [{ ...MINIMAL, resource: { 'prefect.resource.id': 'r', n: 1 } }, 'resource.n: Input should be a valid string'],
    [
      { ...MINIMAL, related: [{ 'prefect.resource.id': 'r' }] },
      'related[0]: Related Resources must include the prefect.resource.role label',
    ],
    [
      { ...MINIMAL, related: [{ 'prefect.resource.id': 'r', 'prefect.resource.role': '' }] },
      'related[0]: The prefect.resource.role label must be non-empty',
    ],
    [{ ...MINIMAL, related: null }, 'related: must be an array'],
    [{ ...MINIMAL, payload: [] }, 'payload: must be an object'],
    [{ ...MINIMAL, event: 5 }, 'event: must be a string'],
    [{ resource: MINIMAL.resource }, 'event: is required'],
    [
      { ...MINIMAL, event: 'upon.schedule.due' },
      'event: Event names under upon.* are reserved; "upon.schedule.due" is refused',
    ],
    [
      { ...MINIMAL, resource: { 'prefect.resource.id': 'upon.x' } },
      'resource: Resource ids under upon.* are reserved; "upon.x" is refused',
    ],
    [{ ...MINIMAL, event: 'a\0b' }, 'event: Event name must not contain the character U+0000'],
    [{ ...MINIMAL, source: 'a\0b' }, 'source: must not contain the character U+0000'],
    [{ ...MINIMAL, source: 'upon' }, 'source: "upon" is reserved for events that Upon raises itself'],
    [{ ...MINIMAL, id: 'x' }, 'id: must be a UUID such as 0193b0a5-7d2e-7c11-8f3a-2f6b1c9d4e5f'],
    [{ ...MINIMAL, follows: 'x' }, 'follows: must be a UUID such as 0193b0a5-7d2e-7c11-8f3a-2f6b1c9d4e5f'],
    [
      JSON.parse('{"event":"e","resource":{"prefect.resource.id":"r","__proto__":"x"}}'),
      'resource.__proto__: is not a possible label name',
    ],
  ])('is refused with words: %j', (input, message) => {
    expect(messagesOf(input)).toEqual([message])
  })

  test('names the key that was probably meant', () => {
    expect(problemsOf({ ...MINIMAL, occured: '2026-01-31T08:00:00Z' })).toMatchObject([
      { path: 'occured', suggestion: 'occurred', message: 'is not a known key; did you mean "occurred"?' },
    ])
    expect(parseEvent({ ...MINIMAL, received: 'x' }, { ...OPTIONS, unknownKeys: 'ignore' })).toMatchObject({ ok: true })
  })

  test.each([
    [
      'labels per resource',
      (n: number) => ({ ...MINIMAL, resource: labels(n) }),
      500,
      'The maximum number of labels per resource is 500',
    ],
    [
      'related resources',
      (n: number) => ({
        ...MINIMAL,
        related: Array.from({ length: n }, () => ({ 'prefect.resource.id': 'r', 'prefect.resource.role': 'x' })),
      }),
      100,
      'The maximum number of related resources is 100',
    ],
    [
      'characters of the name',
      (n: number) => ({ ...MINIMAL, event: '😀'.repeat(n) }),
      1024,
      'Event name must be at most 1024 characters',
    ],
  ])('may have as many %s as the limit says and not one more', (_, make, limit, message) => {
    expect(problemsOf(make(limit))).toEqual([])
    expect(problemsOf(make(limit + 1))).toMatchObject([{ message }])
  })

  test.each([
    ['2026-01-31T08:00:00Z', 0],
    ['2026-01-31 08:00:00', 0],
    ['2026-01-31T08:00', 0],
    ['2026-01-31T08:00:00.123456789Z', 123_456],
    ['2026-01-31T08:00:00.123Z', 123_000],
    ['2026-01-31T13:30:00+05:30', 0],
    ['2026-01-31T03:00:00-0500', 0],
  ])('may say that it occurred %s', (occurred, micros) => {
    expect(parseEvent({ ...MINIMAL, occurred }, OPTIONS)).toMatchObject({ event: { occurred: NOW + micros } })
  })

  test.each([
    '1969-12-31T23:59:59Z',
    '2201-01-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-01-31',
    '2026-01-31T24:00:00Z',
    'now',
    '',
  ])('may not say that it occurred %j', (occurred) => {
    expect(problemsOf({ ...MINIMAL, occurred })).toMatchObject([{ path: 'occurred' }])
  })

  test('is judged by the short way as by the schema', () => {
    const text = fc.constantFrom(
      '',
      'a',
      'upon',
      'upon.x',
      'api',
      ID,
      ID.toUpperCase(),
      '2026-01-31T08:00:00Z',
      '2026-01-31 08:00',
      'x'.repeat(201),
    )
    const junk = fc.oneof(text, fc.constantFrom(null, undefined, 1, true, [], {}))
    const key = fc.constantFrom(
      'prefect.resource.id',
      'prefect.resource.role',
      'upon.resource.id',
      'env',
      '__proto__',
      'constructor',
    )
    const resource = fc.oneof(
      { weight: 2, arbitrary: fc.dictionary(key, text) },
      {
        weight: 15,
        arbitrary: fc.record({ 'prefect.resource.id': fc.constantFrom('a', 'b'), 'prefect.resource.role': text }),
      },
      { weight: 1, arbitrary: fc.dictionary(key, junk) },
      { weight: 1, arbitrary: junk },
    )
    const mostly = (...usual: unknown[]) =>
      fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: junk })
    const input = fc.record(
      {
        event: mostly('a', 'b.c'),
        resource,
        related: fc.oneof(
          { weight: 9, arbitrary: fc.array(resource, { maxLength: 2 }) },
          { weight: 1, arbitrary: junk },
        ),
        payload: fc.oneof(
          { weight: 9, arbitrary: fc.dictionary(fc.string(), fc.jsonValue()) },
          { weight: 1, arbitrary: junk },
        ),
        id: mostly(ID, undefined),
        source: mostly('api', undefined),
        occurred: mostly('2026-01-31T08:00:00Z', '2026-01-31 08:00', undefined),
        follows: mostly(ID, null),
        traceparent: mostly(null, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`),
      },
      { requiredKeys: ['event', 'resource'] },
    )
    let taken = 0
    fc.assert(
      fc.property(input, (input) => {
        const fast = fastEvent(input, OPTIONS)
        if (fast === null) return
        taken += 1
        const { data } = eventSchema.safeParse(input)
        expect(data).toBeDefined()
        expect(fast).toMatchObject({ event: data?.event, resource: data?.resource, related: data?.related ?? [] })
        expect(fast).toMatchObject({
          id: data?.id ?? ID,
          source: data?.source ?? 'api',
          follows: data?.follows ?? null,
        })
        expect(fast.payload).toEqual(data?.payload ?? {})
        expect(fast.occurred).toBe(data?.occurred === undefined ? NOW : parseInstant(data.occurred))
      }),
      { numRuns: 3_000 },
    )
    expect(taken).toBeGreaterThan(100)
  })

  test('is documented by a JSON Schema that requires what it requires', () => {
    expect(z.toJSONSchema(z.object({ event: eventSchema }), { io: 'input' })).toMatchObject({
      $defs: { Event: { required: ['event', 'resource'], additionalProperties: false } },
    })
  })
})
