import { validate } from '@upon/engine'
import { describe, expect, test } from 'vitest'
import { applyDocumentSchema, automationInputSchema, slugOf } from '../index.ts'

const minimal = { name: 'ping', trigger: { expect: ['pinged'] }, actions: [{ type: 'do-nothing' }] }

function problems(input: unknown) {
  const result = validate(automationInputSchema, input)
  return result.ok ? [] : result.problems
}

describe('an automation', () => {
  test('is stored with every default filled in and durations in seconds', () => {
    const action = {
      type: 'run-deployment',
      deployment: 'flow/name',
      schedule_after: 'PT1M',
      retry: { attempts: 2, delay: '1h' },
    }
    const result = validate(automationInputSchema, { ...minimal, actions: [action] })
    expect(result).toMatchObject({
      ok: true,
      value: {
        enabled: true,
        actions: [{ source: 'selected', on_error: 'stop', schedule_after: 60, retry: { delay: 3600 } }],
        actions_on_resolve: [],
        trigger: { type: 'event', posture: 'Reactive', threshold: 1, within: 0 },
      },
    })
  })

  test('read back from the API and sent again unedited is valid', () => {
    const first = automationInputSchema.parse(minimal)
    const stored = { ...first, id: 'x', version: 3, created: 'now', updated: 'now', warnings: [], owner_resource: null }
    expect(problems(stored)).toEqual([])
  })

  test.each([
    [{ resource: {} }, 'actions[0].resource: Resources must include the prefect.resource.id label'],
    [{ event: 'upon.made.up' }, 'actions[0].event: Event names under upon.* are reserved; "upon.made.up" is refused'],
    [
      { related: [{ 'prefect.resource.id': 'x' }] },
      'actions[0].related[0]: Related Resources must include the prefect.resource.role label',
    ],
    [{ resource: { 'upon.resource.id': '{{ event.resource.id }}' } }, undefined],
  ])('that emits an event is checked for what no template can mend: %j', (extra, expected) => {
    const action = { type: 'emit-event', event: 'a', resource: { 'prefect.resource.id': 'x' }, ...extra }
    const [problem] = problems({ ...minimal, actions: [action] })
    expect(problem && `${problem.path}: ${problem.message}`).toBe(expected)
  })

  test.each([
    [{ type: 'do-nothing', retry: { attempts: 51 } }, 'actions[0].retry.attempts: must be at most 50'],
    [{ type: 'do-nothing', retry: { attempts: -1 } }, 'actions[0].retry.attempts: must be at least 0'],
    [{ type: 'do-nothing', name: 'n'.repeat(256) }, 'actions[0].name: must have at most 255 characters'],
    [{ type: 'call-webhook', url: '' }, 'actions[0].url: must have at least 1 character'],
  ])('is told its limits in plain words: %j', (action, expected) => {
    expect(problems({ ...minimal, actions: [action] }).map(({ path, message }) => `${path}: ${message}`)).toEqual([
      expected,
    ])
  })

  test('written by Prefect is valid: its ids and nulls are accepted', () => {
    const prefect = {
      id: 'b0a7a4c2-8a52-4f0a-9a43-1a45f1f9a001',
      created: '2026-01-01T00:00:00Z',
      updated: '2026-01-01T00:00:00Z',
      name: 'from prefect',
      description: '',
      enabled: true,
      tags: [],
      trigger: {
        type: 'event',
        id: 'b0a7a4c2-8a52-4f0a-9a43-1a45f1f9a002',
        match: { 'prefect.resource.id': 'prefect.flow-run.*' },
        match_related: {},
        after: [],
        expect: ['prefect.flow-run.Failed'],
        for_each: ['prefect.resource.id'],
        posture: 'Reactive',
        threshold: 1,
        within: 0.0,
      },
      actions: [
        {
          type: 'run-deployment',
          source: 'selected',
          parameters: null,
          deployment_id: 'b0a7a4c2-8a52-4f0a-9a43-1a45f1f9a003',
          job_variables: null,
          schedule_after: 0.0,
        },
        { type: 'pause-automation', source: 'inferred', automation_id: null },
      ],
      actions_on_trigger: [],
      actions_on_resolve: [],
    }
    expect(problems(prefect)).toEqual([])
  })

  test('needs a name or a key', () => {
    expect(problems({ trigger: {}, actions: [] })).toEqual([
      { path: 'name', message: 'an automation needs a name or a key' },
    ])
  })

  test('needs a key in a file', () => {
    expect(validate(applyDocumentSchema, minimal)).toMatchObject({
      ok: false,
      problems: [{ path: 'key', message: 'is required' }],
    })
  })

  test('with a misspelled member is refused with the one that was meant', () => {
    expect(problems({ ...minimal, actoins_on_trigger: [] })).toMatchObject([
      { path: 'actoins_on_trigger', suggestion: 'actions_on_trigger' },
    ])
  })

  test('with conditions is refused in words', () => {
    expect(problems({ ...minimal, conditions: [{ type: 'hmac' }] })[0]?.message).toContain(
      'not supported in this version yet',
    )
  })
})

describe('an action', () => {
  const of = (action: unknown) => problems({ ...minimal, actions: [action] })

  test('with a selected target needs it', () => {
    expect(of({ type: 'run-deployment' })).toMatchObject([
      { path: 'actions[0].deployment_id', message: expect.stringContaining('deployment_id is required') },
    ])
  })

  test('with an inferred target must not name one', () => {
    expect(of({ type: 'pause-deployment', source: 'inferred', deployment: 'a/b' })).toMatchObject([
      { path: 'actions[0].deployment', message: expect.stringContaining('deployment is not allowed') },
    ])
  })

  test('must name its target once', () => {
    const id = 'b0a7a4c2-8a52-4f0a-9a43-1a45f1f9a003'
    expect(of({ type: 'resume-automation', automation: 'a', automation_id: id })).toMatchObject([
      { message: 'give "automation" or "automation_id", not both' },
    ])
  })

  test('that only Prefect has is refused as such', () => {
    expect(of({ type: 'send-notification', body: 'x' })[0]?.message).toContain(
      'known in Prefect, not supported in this version yet',
    )
  })

  test('with a misspelled type is refused with the one that was meant', () => {
    expect(of({ type: 'run-deploymnet' })[0]?.message).toContain('did you mean "run-deployment"?')
  })

  test('cannot start before it fires', () => {
    expect(of({ type: 'run-deployment', deployment: 'a/b', schedule_after: -1 })).toMatchObject([
      { path: 'actions[0].schedule_after', message: 'must be non-negative' },
    ])
  })

  test('that calls a URL sends one body', () => {
    expect(of({ type: 'call-webhook', url: 'http://x', json: {}, body: 'x' })).toMatchObject([
      { path: 'actions[0].body', message: 'give one of json and body, not both' },
    ])
  })

  test('that calls a webhook block is refused in words', () => {
    const block = { type: 'call-webhook', block_document_id: 'b0a7a4c2-8a52-4f0a-9a43-1a45f1f9a003', payload: '' }
    expect(of(block)[0]?.message).toContain('blocks')
  })

  test('is retried at most fifty times', () => {
    expect(of({ type: 'do-nothing', retry: { attempts: 51 } })).toHaveLength(1)
    expect(of({ type: 'do-nothing', retry: { attempts: 50 } })).toEqual([])
  })
})

test.each([
  ['My Flow (EU)', 'my-flow-eu'],
  ['  Überwachung 2 ', 'uberwachung-2'],
  ['nightly__automation_1', 'nightly__automation_1'],
  ['日本', ''],
])('the key for %j is %j', (name, key) => {
  expect(slugOf(name)).toBe(key)
})
