import { validate } from '@upon/engine'
import { describe, expect, test } from 'vitest'
import { deployInputSchema } from '../index.ts'

function deploy(trigger: unknown) {
  return validate(deployInputSchema, { deployments: [{ flow_name: 'f', name: 'd', triggers: [trigger] }] })
}

describe('a deployment trigger', () => {
  test('written flat is read as a trigger and what to run it with', () => {
    const trigger = {
      type: 'event',
      name: 'on ping',
      expect: ['external.resource.pinged'],
      match: { 'prefect.resource.id': 'my.external.resource' },
      parameters: { name: '{{ event.resource.id }}' },
      schedule_after: 'PT1H',
    }
    const result = deploy(trigger)
    expect(result.ok && result.value.deployments[0]?.triggers).toEqual([
      {
        name: 'on ping',
        description: '',
        enabled: true,
        parameters: { name: '{{ event.resource.id }}' },
        job_variables: null,
        schedule_after: 3600,
        trigger: {
          type: 'event',
          match: { 'prefect.resource.id': 'my.external.resource' },
          match_related: {},
          after: [],
          expect: ['external.resource.pinged'],
          for_each: [],
          posture: 'Reactive',
          threshold: 1,
          within: 0,
        },
      },
    ])
  })

  test('with a misspelled member is refused with the one that was meant', () => {
    expect(deploy({ paramaters: {} })).toMatchObject({
      problems: [{ path: 'deployments[0].triggers[0].paramaters', suggestion: 'parameters' }],
    })
  })

  test('of a kind that is not supported yet is refused in one sentence', () => {
    expect(deploy({ type: 'compound', require: 'all', triggers: [{}, {}] })).toMatchObject({
      problems: [
        { path: 'deployments[0].triggers[0].type', message: expect.stringContaining('compound triggers are not') },
      ],
    })
  })
})

test('a deployment name has no slash, because flow/name names it', () => {
  expect(validate(deployInputSchema, { deployments: [{ flow_name: 'f', name: 'a/b' }] })).toMatchObject({
    problems: [{ path: 'deployments[0].name' }],
  })
})
