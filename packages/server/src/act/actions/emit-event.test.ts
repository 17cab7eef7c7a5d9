import { MINUTE } from '@upon/engine'
import { expect, test } from 'vitest'
import { derivedId } from '../../lib/ids.ts'
import { openWorld, START, type World } from '../../test-world.test-support.ts'

const emit = (extra: object) => ({
  actions: [{ type: 'emit-event', event: 'order.checked', resource: { 'prefect.resource.id': 'order.1' }, ...extra }],
})

async function fired(w: World, extra: object, event: object = {}) {
  await w.automation(emit(extra))
  const [cause] = await w.send(event)
  await w.settled()
  const [launch] = await w.launches()
  const [emitted] = (await w.events()).filter(({ depth, event: name }) => depth > 0 && !name.startsWith('prefect.'))
  return { cause, launch, action: launch?.actions[0], emitted }
}

test('an event is emitted one generation younger, after its cause, with an id that follows from launch and action', async () => {
  await using w = await openWorld()
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const { cause, launch, action, emitted } = await fired(w, {}, { traceparent })
  expect(emitted).toMatchObject({
    id: derivedId('emit-event', `${launch?.id}-0`),
    source: 'upon',
    depth: 1,
    rootId: cause,
    follows: cause,
    occurred: START,
    traceparent,
  })
  expect(action?.result).toEqual({ event_id: emitted?.id })
})

test('name, labels and payload are rendered; labels as text, payloads with their types', async () => {
  await using w = await openWorld()
  const { emitted } = await fired(
    w,
    {
      event: 'order.{{ event.payload.kind }}',
      resource: { 'prefect.resource.id': 'order.{{ event.payload.n }}', n: '{{ event.payload.n }}' },
      related: [{ 'prefect.resource.id': '{{ event.resource.id }}', 'prefect.resource.role': 'origin' }],
      payload: { n: '{{ event.payload.n }}', list: ['{{ event.payload.ok }}'] },
    },
    { payload: { kind: 'checked', n: 41, ok: true } },
  )
  expect(emitted).toMatchObject({
    event: 'order.checked',
    resource: { 'prefect.resource.id': 'order.41', n: '41' },
    related: [{ 'prefect.resource.id': 'order.1', 'prefect.resource.role': 'origin' }],
    payload: { n: 41, list: [true] },
  })
})

test('the event does not follow a cause long past, nor any with follows: null', async () => {
  await using w = await openWorld()
  await w.automation({ ...emit({}), key: 'late', trigger: { expect: ['late'] } })
  await w.automation({ ...emit({ follows: null }), key: 'free', trigger: { expect: ['free'] } })
  await w.send({ event: 'late', occurred: START - 10 * MINUTE }, { event: 'free' })
  await w.settled()
  const emitted = await w.events({ names: ['order.checked'] })
  expect(emitted.map(({ follows }) => follows)).toEqual([null, null])
})

test.each([
  [
    'a name that becomes a reserved one',
    { event: '{{ event.payload.name }}' },
    /Event names under upon\.\* are reserved/,
  ],
  [
    'a resource that becomes a reserved one',
    { resource: { 'prefect.resource.id': '{{ event.payload.name }}' } },
    /Resource ids under upon\.\* are reserved/,
  ],
  ['an empty id', { resource: { 'prefect.resource.id': '{{ event.payload.none }}' } }, /must be non-empty/],
  ['a wrong leader', { follows: '{{ event.resource.id }}' }, /follows: .*must be a UUID/],
  [
    'too much payload',
    { payload: { a: '{{ event.payload.big }}', b: '{{ event.payload.big }}' } },
    /at most 1500000 are possible/,
  ],
])('%s is refused in words and nothing is emitted', async (_case, extra, message) => {
  await using w = await openWorld()
  const { action, emitted } = await fired(w, extra, { payload: { name: 'upon.mine', big: 'x'.repeat(900_000) } })
  expect(emitted).toBeUndefined()
  expect(action?.state).toBe('failed')
  expect(action?.error).toMatch(message)
})
