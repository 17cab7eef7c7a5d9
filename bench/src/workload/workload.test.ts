import { compilePredicate, compileTrigger, parseTrigger, predicateAccepts } from '@upon/engine'
import { expect, test } from 'vitest'
import { measureEngine } from '../engine/measure.ts'
import { workloadAutomations } from './automations.ts'
import { createEventSource, EVENT_BYTES } from './events.ts'
import { countsOf } from './shares.ts'

const AUTOMATIONS = 200
const AT = new Date('2026-01-01T00:00:00.000Z')

test('every event has the size of the budgets and matches exactly one automation', () => {
  const predicates = workloadAutomations(AUTOMATIONS, 'all').map(({ trigger }) => {
    const parsed = parseTrigger(trigger)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    return compilePredicate(compileTrigger(parsed.value))
  })
  const next = createEventSource({ automations: AUTOMATIONS, mix: 'all', seed: 1 })
  for (let index = 0; index < 2_000; index += 1) {
    const event = next(AT)
    expect(event.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Buffer.byteLength(JSON.stringify(event))).toBe(EVENT_BYTES)
    expect(predicates.filter((predicate) => predicateAccepts(predicate, event))).toHaveLength(1)
  }
})

test('one event in a hundred fires, and what cannot be indexed is what the workload says', () => {
  const measured = measureEngine({ automations: 1_000, mix: 'all', events: 5_000, repeats: 2, gc: () => {} })
  expect(measured.firedShare).toBeGreaterThan(0.008)
  expect(measured.firedShare).toBeLessThan(0.012)
  expect(measured.residual).toBe(countsOf(1_000, 'all').get('unindexable'))
})

test('the same seed gives the same events', () => {
  const sequence = () => {
    const next = createEventSource({ automations: AUTOMATIONS, mix: 'indexable', seed: 5 })
    return Array.from({ length: 50 }, () => next(AT))
  }
  expect(sequence()).toEqual(sequence())
})
