import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { triggerIdentity } from './identity.ts'
import { lintLoop, lintTrigger } from './lint.ts'
import { compileTrigger, parseTrigger, type TriggerJson, triggerSchema } from './trigger.ts'

function parsed(input: unknown): TriggerJson {
  const result = parseTrigger(input)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}

function messagesOf(input: unknown): string[] {
  const result = parseTrigger(input)
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`)
}

describe('a trigger', () => {
  test('has a default for everything', () => {
    expect(parsed({})).toEqual({
      type: 'event',
      match: {},
      match_related: {},
      after: [],
      expect: [],
      for_each: [],
      posture: 'Reactive',
      threshold: 1,
      within: 0,
    })
  })

  test("may be what Prefect's API answers", () => {
    const fromPrefect = {
      type: 'event',
      id: 'b0e4b1b6-6c3d-4a8e-9f0e-111111111111',
      match: { 'prefect.resource.id': 'prefect.flow-run.*' },
      match_related: [{ 'prefect.resource.role': 'flow' }],
      after: [],
      expect: ['prefect.flow-run.Completed'],
      for_each: ['prefect.resource.id'],
      posture: 'Reactive',
      threshold: 1,
      within: 0.0,
    }
    const { id: _id, ...kept } = fromPrefect
    expect(parsed(fromPrefect)).toEqual(kept)
  })

  test('sorts its sets and reads durations and numbers in any form', () => {
    const trigger = parsed({
      expect: ['b', 'a', 'b'],
      for_each: ['upon.resource.id', 'related:tag:upon.resource.id'],
      within: '1m 30s',
      threshold: '3',
    })
    expect(trigger).toMatchObject({
      expect: ['a', 'b'],
      for_each: ['prefect.resource.id', 'related:tag:prefect.resource.id'],
      within: 90,
      threshold: 3,
    })
    expect(compileTrigger(trigger)).toMatchObject({ within: 90_000_000, threshold: 3 })
  })

  test.each([
    [{ treshold: 3 }, 'treshold: is not a known key; did you mean "threshold"?'],
    [{ matchRelated: {} }, 'matchRelated: is not a known key; did you mean "match_related"?'],
    [{ match: null }, 'match: must be an object'],
    [{ match: { a: 1 } }, 'match.a: must be text or a list of text'],
    [{ match: { a: ['x', null] } }, 'match.a[1]: must be a string'],
    [
      { match_related: [{}, { 'prefect.resource.id': {} }] },
      'match_related[1].prefect.resource.id: must be text or a list of text',
    ],
    [{ expect: 'e' }, 'expect: must be an array'],
    [{ threshold: 1.5 }, 'threshold: must be an integer'],
    [{ threshold: 'three' }, 'threshold: must be an integer'],
    [{ within: null }, 'within: `within` should be a valid timedelta'],
    [{ within: -1 }, 'within: Input should be greater than or equal to 0 seconds'],
    [{ within: '60' }, 'within: must be a duration with a unit; write 60 or "60s", not "60"'],
    [{ posture: 'reactive' }, 'posture: must be "Reactive"'],
    [{ posture: 'Proactive' }, 'posture: the posture "Proactive" is not supported yet in this version'],
    [
      { type: 'compound', triggers: [], require: 'any', within: 5 },
      'type: compound triggers are not supported yet in this version',
    ],
    [{ triggers: [] }, 'type: sequence triggers are not supported yet in this version'],
    [{ type: 'metric' }, 'type: metric triggers are not supported yet in this version'],
    [{ type: 'schedule', cron: '0 2 * * *' }, 'type: schedule triggers are not supported yet in this version'],
    ['ping', ': must be an object'],
  ])('is refused with words: %j', (input, message) => {
    expect(messagesOf(input)).toEqual([message])
  })

  test('may have a list of a thousand entries and no more', () => {
    const names = (count: number) => Array.from({ length: count }, (_, n) => `e${n}`)
    expect(messagesOf({ expect: names(1_000) })).toEqual([])
    expect(messagesOf({ expect: names(1_001) })).toEqual(['expect: must have at most 1000 entries'])
  })

  test('is documented field by field in a JSON Schema of what may be written and of what is stored', () => {
    for (const io of ['input', 'output'] as const) {
      const schema = z.toJSONSchema(z.object({ trigger: triggerSchema }), { io })
      expect(schema.required).toEqual(['trigger'])
      const { properties = {} } = schema.$defs?.Trigger ?? {}
      for (const field of Object.values(properties)) expect(field).toHaveProperty('description')
      expect(Object.keys(properties)).toContain('match_related')
    }
  })
})

describe('the identity of progress', () => {
  const identity = (trigger: unknown, owner = 'o') => triggerIdentity('p', owner, '', compileTrigger(parsed(trigger)))

  test('does not depend on how the trigger is written', () => {
    const written = { match: { b: 'x', a: ['z', 'y'] }, match_related: { c: 'v' }, within: 60, expect: ['e', 'f'] }
    const otherwise = {
      match: { a: ['y', 'z'], b: ['x'] },
      match_related: [{ c: ['v'] }, {}],
      within: 'PT1M',
      expect: ['f', 'e', 'f'],
    }
    expect(identity(written)).toBe(identity(otherwise))
  })

  test('differs by owner and by anything that changes the meaning', () => {
    const all = [
      {},
      { expect: ['e'] },
      { after: ['e'] },
      { match: { a: 'e' } },
      { match_related: { a: 'e' } },
      { threshold: 2 },
      { within: 1 },
    ]
    const identities = [...all.map((each) => identity(each)), identity({}, 'other')]
    expect(new Set(identities).size).toBe(identities.length)
  })
})

describe('lint', () => {
  const codes = (trigger: unknown) => lintTrigger(parsed(trigger)).map(({ code, path }) => `${code} ${path}`.trim())

  test.each([
    [{ expect: ['e'], match: { 'prefect.resource.id': 'r' } }, []],
    [{ expect: ['e'], match: { 'prefect.resource.id': 'r', env: [] } }, ['never-fires match.env']],
    [
      { expect: ['e'], match_related: [{ a: 'b' }, { 'prefect.resource.role': [] }] },
      ['never-fires match_related[1].prefect.resource.role'],
    ],
    [{ after: ['e'], match: { a: 'b' } }, ['never-fires within']],
    [{ after: ['a'], expect: ['b'], threshold: 2, match: { a: 'b' } }, ['never-fires within']],
    [{ after: ['a'], expect: ['b'], match: { a: 'b' } }, []],
    [{ expect: ['e'], threshold: 2, match: { a: 'b' } }, ['no-window within']],
    [{ expect: ['e'], threshold: 0, match: { a: 'b' } }, ['threshold-below-one threshold']],
    [{ expect: ['!e', 'e?'], match: { a: 'b' } }, ['literal-name expect[0]', 'literal-name expect[1]']],
    [{}, ['matches-everything']],
    [{ expect: ['e'] }, []],
    [{ expect: ['e'], match: { 'prefect.resource.id': ['a', '!b', '*'] } }, ['unindexed match']],
  ])('of %j says %j', (trigger, expected) => {
    expect(codes(trigger)).toEqual(expected)
  })

  test('warns of an automation whose launches fire it again', () => {
    const loops = (trigger: unknown, actions = ['run-deployment']) =>
      lintLoop(parsed(trigger), actions).map(({ code }) => code)
    expect(loops({ expect: ['prefect.flow-run.Completed'] })).toEqual(['loop-risk'])
    expect(loops({ expect: ['prefect.flow-run.*'], match: { 'prefect.resource.id': 'prefect.flow-run.*' } })).toEqual([
      'loop-risk',
    ])
    expect(
      loops({ expect: ['prefect.flow-run.Completed'], match_related: { 'prefect.resource.id': 'prefect.flow.x' } }),
    ).toEqual([])
    expect(loops({ expect: ['external.resource.pinged'] })).toEqual([])
    expect(loops({ expect: ['prefect.flow-run.Completed'] }, ['do-nothing'])).toEqual([])
  })
})
