import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explainMatch } from '../explain/explain-match.ts'
import { readLines } from '../flow-fixture.test-support.ts'
import { compileTrigger, parseTrigger, type Trigger } from '../grammar/trigger.ts'
import { naiveMatches, naiveName, naiveValue } from '../oracle.test-support.ts'
import { compileNamePattern, compilePattern, patternAccepts } from './pattern.ts'
import { compilePredicate, predicateAccepts } from './predicate.ts'

function triggerOf(input: unknown): Trigger {
  const parsed = parseTrigger(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compileTrigger(parsed.value)
}

function casesOf(path: string) {
  return readLines(path).map((line) => [line, JSON.parse(line)] as const)
}

describe('a label value', () => {
  test.each(casesOf('match/values.jsonl'))('%s', (_, { pattern, value, matches }) => {
    const resource = value === null ? { 'prefect.resource.id': 'r' } : { 'prefect.resource.id': 'r', label: value }
    const predicate = compilePredicate(triggerOf({ match: { label: pattern } }))
    expect(predicateAccepts(predicate, { event: 'e', resource, related: [] })).toBe(matches)
  })

  test('matches as the plainest reading of the pattern says', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '[', ']', '!', '-', '😀'), maxLength: 9 })
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '-', ']', '!', '[', '😀'), maxLength: 9 })
    fc.assert(
      fc.property(pattern, value, (pattern, value) => {
        expect(patternAccepts(compilePattern(pattern), value)).toBe(naiveValue(pattern, value))
      }),
      { numRuns: 5_000 },
    )
  })

  test('of a hundred thousand characters is matched in linear time by a pattern made to backtrack', () => {
    const pattern = compilePattern(`${'*a'.repeat(500)}*?b`)
    const started = performance.now()
    expect(patternAccepts(pattern, `${'a'.repeat(100_000)}bb`.slice(0, -1).concat('c'))).toBe(false)
    // Backtracking would take longer than the machine will exist.
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

describe('an event name', () => {
  test.each(casesOf('match/names.jsonl'))('%s', (_, { expect: expected, after, name, role }) => {
    const event = { event: name, resource: { 'prefect.resource.id': 'r' }, related: [] }
    const report = explainMatch(triggerOf({ expect: expected, after }), event)
    expect(report.name.role).toBe(role)
    expect(report.matched).toBe(role !== null)
  })

  test('matches as the plainest reading of the pattern says', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '!', '['), maxLength: 8 })
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '?', '!', '['), maxLength: 8 })
    fc.assert(
      fc.property(pattern, name, (pattern, name) => {
        expect(patternAccepts(compileNamePattern(pattern), name)).toBe(naiveName(pattern, name))
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('a resource and its related resources', () => {
  test.each(casesOf('match/resources.jsonl'))(
    '%s',
    (_, { match = {}, match_related = {}, resource, related = [], matches }) => {
      const trigger = triggerOf({ match, match_related })
      const event = { event: 'e', resource, related }
      expect(predicateAccepts(compilePredicate(trigger), event)).toBe(matches)
      expect(naiveMatches(trigger, event)).toBe(matches)
      expect(explainMatch(trigger, event).matched).toBe(matches)
    },
  )
})
