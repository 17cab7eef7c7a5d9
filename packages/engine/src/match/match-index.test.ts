import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LabelSpec, Trigger } from '../grammar/trigger.ts'
import { naiveMatches } from '../oracle.test-support.ts'
import { MatchIndex } from './match-index.ts'
import { compilePredicate, type Matchable, type Predicate } from './predicate.ts'

interface Filed {
  readonly trigger: Trigger
  readonly predicate: Predicate
  readonly order: number
}

function filed(trigger: Partial<Trigger>, order: number): Filed {
  const full: Trigger = {
    type: 'event',
    match: {},
    matchRelated: [],
    after: [],
    expect: [],
    forEach: [],
    posture: 'Reactive',
    threshold: 1,
    within: 0,
    ...trigger,
  }
  return { trigger: full, predicate: compilePredicate(full), order }
}

const value = fc.constantFrom('alpha', 'alphabet', 'beta', 'gamma.delta', 'x', '', 'tag', 'zz-alpha-zz')
const pattern = fc.oneof(
  value,
  value.map((text) => `${text}*`),
  value.map((text) => `*${text}`),
  value.map((text) => `*${text}*`),
  value.map((text) => `!${text}`),
  value.map((text) => `${text.slice(0, 2)}*${text.slice(3)}`),
  value.map((text) => `?${text.slice(1)}`),
)
const label = fc.constantFrom(
  'prefect.resource.id',
  'prefect.resource.role',
  'env',
  'constructor',
  ...Array.from({ length: 9 }, (_, n) => `l${n}`),
)
const spec: fc.Arbitrary<LabelSpec> = fc.dictionary(label, fc.array(pattern, { maxLength: 3 }), { maxKeys: 3 })
const name = fc.constantFrom('e', 'e.f', 'e.f.g', 'h', '')
const namePattern = fc.constantFrom('e', 'e.f', 'e.*', '*', '*.g', 'e.*.g', 'h', '!h')
const labels = fc.dictionary(label, value, { maxKeys: 5 })

const trigger = fc.record({
  match: spec,
  matchRelated: fc.array(spec, { maxLength: 2 }),
  expect: fc.array(namePattern, { maxLength: 2 }),
  after: fc.array(namePattern, { maxLength: 2 }),
})
const event: fc.Arbitrary<Matchable> = fc.record({
  event: name,
  resource: labels,
  related: fc.array(labels, { maxLength: 3 }),
})

describe('the match index', () => {
  test('finds exactly what asking every trigger finds, in evaluation order, while triggers come and go', () => {
    fc.assert(
      fc.property(
        fc.array(trigger, { maxLength: 30 }),
        fc.array(fc.nat(29)),
        fc.array(event, { minLength: 1, maxLength: 8 }),
        (triggers, removed, events) => {
          const index = new MatchIndex<Filed>()
          const all = triggers.map((each, place) => filed(each, triggers.length - place))
          for (const each of all) index.add(each)
          const gone = new Set(removed.map((place) => all[place]))
          for (const each of gone) if (each !== undefined) index.remove(each)
          const left = all.filter((each) => !gone.has(each)).sort((a, b) => a.order - b.order)
          expect(index.size).toBe(left.length)
          for (const event of events) {
            const expected = left.filter((each) => naiveMatches(each.trigger, event))
            expect(index.matching(event).map(({ order }) => order)).toEqual(expected.map(({ order }) => order))
          }
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test.each([
    [{ match: { 'prefect.resource.id': ['r'] } }],
    [{ match: { 'prefect.resource.id': ['r-*'] } }],
    [{ match: { 'prefect.resource.id': ['*.png'] } }],
    [{ match: { 'prefect.resource.id': ['*sensor*'] } }],
    [{ match: { 'prefect.resource.id': ['?ensor-1*'] } }],
    [{ match: { 'prefect.resource.id': ['*7*', '?[ab]x?'] } }],
    [{ match: { env: ['!prod'] } }],
    [{ matchRelated: [{ 'prefect.resource.role': ['tag'] }] }],
    [{ match: { 'prefect.resource.id': ['!r'] }, matchRelated: [{}, { 'prefect.resource.id': ['t-*', 'u'] }] }],
  ])('anchors %j', (trigger) => {
    const index = new MatchIndex<Filed>()
    index.add(filed(trigger, 1))
    expect(index.stats()).toMatchObject({ triggers: 1, residual: 0 })
  })

  test('counts the triggers it cannot anchor and names the event they burden most', () => {
    const index = new MatchIndex<Filed>()
    index.add(filed({ expect: ['e'], match: { env: ['prod'] } }, 1))
    index.add(filed({ expect: ['e'], match: { 'prefect.resource.id': ['!x'] } }, 2))
    const second = filed({ expect: ['e'] }, 3)
    index.add(second)
    index.add(filed({ expect: ['f.*'] }, 4))
    expect(index.stats()).toEqual({ triggers: 4, residual: 3, longestResidual: { event: 'e', length: 2 } })
    index.remove(second)
    expect(index.stats()).toEqual({ triggers: 3, residual: 2, longestResidual: { event: 'e', length: 1 } })
  })

  test('asks no more triggers when there are a thousand times as many', () => {
    let asked = 0
    const counting = (order: number): Filed => {
      const entry = filed({ expect: ['e'], match: { 'prefect.resource.id': [`resource-${order}`], env: ['*'] } }, order)
      const { match } = entry.predicate
      if (match === null) throw new Error('a trigger with match has clauses')
      const watched = {
        ...match,
        get label() {
          asked += 1
          return match.label
        },
      }
      return { ...entry, predicate: { ...entry.predicate, match: watched } }
    }
    const index = new MatchIndex<Filed>()
    for (let order = 0; order < 10_000; order += 1) index.add(counting(order))
    asked = 0
    expect(
      index.matching({ event: 'e', resource: { 'prefect.resource.id': 'resource-5', env: 'a' }, related: [] }),
    ).toHaveLength(1)
    expect(asked).toBe(1)
  })
})
