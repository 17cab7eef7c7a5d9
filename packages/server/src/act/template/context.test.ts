import type { LoggedEvent } from '@upon/engine'
import { SECOND } from '@upon/engine'
import { afterAll, expect, test } from 'vitest'
import { buildContext } from './context.ts'
import { createRenderer } from './renderer.ts'
import { parseScheduleAfter } from './schedule-after.ts'

const renderer = createRenderer()
afterAll(() => renderer[Symbol.asyncDispose]())

const event: LoggedEvent = {
  id: 'e1',
  source: 'api',
  event: 'prefect.flow-run.Failed',
  occurred: 1_772_359_200_000_000,
  occurredText: '2026-03-01T10:00:00Z',
  received: 1_772_359_200_100_000,
  position: 7,
  resource: {
    'prefect.resource.id': 'prefect.flow-run.r1',
    'prefect.state-type': 'FAILED',
    'prefect.state-name': 'Failed',
    'prefect.state-timestamp': '2026-03-01T10:00:00Z',
    'prefect.state-message': 'out of memory',
  },
  related: [],
  payload: { n: 41 },
  follows: null,
  depth: 0,
  rootId: 'e1',
  rootReceived: 1_772_359_200_100_000,
  traceparent: null,
}

test('an event is seen as its JSON on the wire, without what only the log knows', async () => {
  const { value } = await renderer.renderValue('{{ event }}', buildContext({ event }))
  expect(value).toEqual({
    occurred: '2026-03-01T10:00:00.000000Z',
    event: 'prefect.flow-run.Failed',
    resource: event.resource,
    related: [],
    payload: { n: 41 },
    id: 'e1',
    follows: null,
    received: '2026-03-01T10:00:00.100000Z',
  })
})

test('a run is shown in the state the event tells of, not the one it is in by now', async () => {
  const flow_run = { id: 'r1', name: 'brisk-otter', state: { id: 's9', type: 'RUNNING', name: 'Running' } }
  const context = buildContext({ event, flow_run })
  const { text } = await renderer.renderText(
    '{{ flow_run.name }} {{ flow_run.state.name }}: {{ flow_run.state.message }}',
    context,
  )
  expect(text).toBe('brisk-otter Failed: out of memory')
})

test('without an event what it would have said is undefined, not an error inside text', async () => {
  const { text, undefinedNames } = await renderer.renderText('[{{ event.resource.id }}]', buildContext({ event: null }))
  expect(text).toBe('[]')
  expect(undefinedNames).toEqual(['event.resource.id'])
})

test('a start may be put off by seconds, ISO 8601 or a clock, but not by text that is only a number', () => {
  for (const input of [3_600, 'PT1H', '01:00:00', '1h']) {
    expect(parseScheduleAfter(input)).toEqual({ ok: true, duration: 3_600 * SECOND })
  }
  expect(parseScheduleAfter(undefined)).toEqual({ ok: true, duration: 0 })
  expect(parseScheduleAfter(-1)).toEqual({ ok: false, message: 'schedule_after must be non-negative' })
  expect(parseScheduleAfter('60')).toMatchObject({ ok: false })
})
