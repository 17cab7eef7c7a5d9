import { describe, expect, test } from 'vitest'
import { compileTrigger, parseTrigger, type Trigger } from '../grammar/trigger.ts'
import { parseInstant, SECOND } from '../instant.ts'
import type { CountingWindow } from '../window/window.ts'
import { explainDecision } from './explain-decision.ts'
import { describeMismatch, explainMatch } from './explain-match.ts'

const NOON = parseInstant('2026-01-31T12:00:00Z') ?? 0

function triggerOf(input: unknown): Trigger {
  const parsed = parseTrigger(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compileTrigger(parsed.value)
}

function event(more: Record<string, unknown> = {}) {
  const resource: Record<string, string> = { 'prefect.resource.id': 'other.resource' }
  const related: Record<string, string>[] = []
  return { id: 'e1', position: 7, event: 'external.resource.pinged', occurred: NOON, resource, related, ...more }
}

describe('why an event does not match', () => {
  const tag = (id: string, role = 'tag') => ({ 'prefect.resource.id': id, 'prefect.resource.role': role })
  test.each([
    [
      { match: { 'prefect.resource.id': 'my.external.resource' } },
      {},
      ['prefect.resource.id is "other.resource", wanted "my.external.resource"'],
    ],
    [{ match: { env: ['prod', 'stage-*'] } }, {}, ['env is missing, wanted "prod" or "stage-*"']],
    [
      { match: { 'prefect.resource.id': '!other.*' } },
      {},
      ['prefect.resource.id is "other.resource", wanted anything but "other.*"'],
    ],
    [
      { match: { 'prefect.resource.id': [] } },
      {},
      ['prefect.resource.id is "other.resource", and an empty list of values matches nothing'],
    ],
    [{ expect: ['a', 'b.*'] }, {}, ['the event is "external.resource.pinged", wanted "a" or "b.*"']],
    [{}, { event: '' }, ['the event has no name']],
    [
      { match_related: { 'prefect.resource.role': 'tag', 'prefect.resource.id': 'prefect.tag.prod' } },
      {},
      [
        'the event has no related resource, wanted one with prefect.resource.role "tag" and prefect.resource.id "prefect.tag.prod"',
      ],
    ],
    [
      { match_related: { 'prefect.resource.role': 'tag', 'prefect.resource.id': 'prefect.tag.prod' } },
      { related: [tag('prefect.flow.x', 'flow'), tag('prefect.tag.dev')] },
      [
        'no related resource fits; of the closest, "prefect.tag.dev", prefect.resource.id is "prefect.tag.dev", wanted "prefect.tag.prod"',
      ],
    ],
    [{ expect: ['external.*'] }, {}, []],
  ])('%j with %j', (trigger, more, sentences) => {
    const report = explainMatch(triggerOf(trigger), event(more))
    expect(describeMismatch(report)).toEqual(sentences)
    expect(report.matched).toBe(sentences.length === 0)
  })
})

describe('what became of an event', () => {
  const window = (more: Partial<CountingWindow> = {}): CountingWindow => {
    const lastEvent = { id: 'e0', position: 1 }
    return { kind: 'counting', start: NOON - 10 * SECOND, end: NOON + 10 * SECOND, count: 1, lastEvent, ...more }
  }
  test.each([
    [{ match: { a: 'b' } }, null, 'mismatch', 'a is missing, wanted "b"'],
    [{ threshold: 3, within: 60 }, null, 'waiting', '1 of 3 events within 60 s'],
    [{ threshold: 3, within: '1h 30m' }, window(), 'waiting', '2 of 3 events within 1 h 30 m'],
    [{ threshold: 2, within: 60 }, window(), 'fired', 'fired: 2 events within 60 s'],
    [{}, null, 'fired', 'fired: 1 event'],
    [
      { within: 60 },
      window({ start: NOON + SECOND, count: 0, lastEvent: null }),
      'cooling',
      'fired already: silent until 2026-01-31T12:00:01.000Z',
    ],
    [
      { threshold: 2, within: 60 },
      window({ start: NOON + SECOND }),
      'late',
      'late: it occurred before its window began at 2026-01-31T12:00:01.000Z',
    ],
    [{ after: ['external.*'], expect: ['b'], within: 60 }, null, 'armed', 'armed: waits for "b" within 60 s'],
    [{ after: ['a'], expect: ['external.*'], within: 60 }, null, 'unarmed', 'no "a" came before it'],
    [
      { after: ['a'], expect: ['external.*'], within: 60 },
      window({ end: NOON, count: 0 }),
      'quiet',
      'its window had ended with too few of 1 event within 60 s',
    ],
  ])('%j with the window %j: %s', (trigger, before, outcome, sentence) => {
    expect(explainDecision({ trigger: triggerOf(trigger), event: event(), window: before })).toMatchObject({
      outcome,
      sentence,
    })
  })
})
