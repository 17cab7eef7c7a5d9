import {
  type AutomationEntry,
  compileTrigger,
  type Entry,
  type EventEntry,
  loadEngine,
  parseTrigger,
  step,
  type TriggerJson,
} from '@upon/engine'
import { expect, test } from 'vitest'
import { chaosAutomations } from '../load/automations.ts'
import { type ChaosEvent, createChaosEvents } from '../load/events.ts'
import { type OracleEntry, replay } from './replay.ts'
import type { StoredTrigger } from './trigger.ts'

const BEGIN_US = Date.UTC(2026, 5, 1) * 1_000
/** 500 events a second. */
const STEP_US = 2_000
const EVENTS = 30_000

test.each([1, 2, 3])('the naive replay and the engine fire alike on chaos, seed %i', (seed) => {
  const triggers = storedTriggers()
  const sent = events(seed)
  const state = loadEngine({ cursor: 0, clock: 0, automations: [], windows: [], heldEvents: [] })
  const entries = [...triggers.map(engineAutomation), ...sent.map(engineEvent(triggers.length, sent))]
  const { firings } = step(state, entries)
  const found = firings.map((firing) => {
    const key: unknown = firing.key === '' ? [] : JSON.parse(firing.key)
    return JSON.stringify([firing.automationId, firing.event?.position, key])
  })

  const oracleEntries = [...triggers.map(oracleAutomation), ...sent.map(oracleEvent(triggers.length))]
  const expected = replay(oracleEntries).map(({ automationId, eventPosition, key }) =>
    JSON.stringify([automationId, eventPosition, key]),
  )

  expect(found.sort()).toEqual(expected.sort())
  const fired = new Set(firings.map(({ automationId }) => automationId))
  const silent = triggers.map((_, index) => chaosKey(index)).filter((key) => !fired.has(key))
  expect(silent).toEqual(['raised-completed', 'raised-pair'])
})

const SECOND = 1_000_000
const PINGS: StoredTrigger = {
  match: {},
  match_related: {},
  after: [],
  expect: ['pinged'],
  for_each: [],
  threshold: 3,
  within: 3_600,
}

test('an automation that was disabled for less than a minute goes on where it was', () => {
  const entries = [saved(true, 0), ping(1), ping(2), saved(false, 3), ping(4), saved(true, 63), ping(64), ping(65)]
  expect(replay(entries).map(({ eventPosition }) => eventPosition)).toEqual([64])
})

test('an automation that was disabled for longer begins anew', () => {
  const entries = [saved(true, 0), ping(1), ping(2), saved(false, 3), saved(true, 64), ping(65), ping(66), ping(67)]
  expect(replay(entries).map(({ eventPosition }) => eventPosition)).toEqual([67])
})

function saved(enabled: boolean, second: number): OracleEntry {
  const version = { id: 'a', version: second, enabled, trigger: PINGS }
  return { kind: 'automation', received: BEGIN_US + second * SECOND, automationId: 'a', version }
}

function ping(second: number): OracleEntry {
  const at = BEGIN_US + second * SECOND
  const labels = { resource: { 'prefect.resource.id': 'r' }, related: [] }
  const event = { position: second, received: at, id: `event ${second}`, source: 'api', name: 'pinged', occurred: at }
  return { kind: 'event', event: { ...event, ...labels, follows: null, depth: 0, rootReceived: at } }
}

const chaosKey = (index: number): string => chaosAutomations()[index]?.key ?? ''

function storedTriggers(): readonly TriggerJson[] {
  return chaosAutomations().map(({ key, trigger }) => {
    const parsed = parseTrigger(trigger)
    if (!parsed.ok) throw new Error(`${key}: ${JSON.stringify(parsed.problems)}`)
    return parsed.value
  })
}

function events(seed: number): readonly ChaosEvent[] {
  const next = createChaosEvents(seed)
  return Array.from({ length: EVENTS }, (_, index) => next((BEGIN_US + index * STEP_US) / 1_000))
}

const receivedAt = (position: number): number => BEGIN_US + position * STEP_US

function engineAutomation(json: TriggerJson, index: number): AutomationEntry {
  const id = chaosKey(index)
  const position = index + 1
  const trigger = compileTrigger(json)
  const shared = { project: 'default', key: id, version: 1, order: index, owner: null, enabled: true }
  return {
    kind: 'automation',
    position,
    received: receivedAt(position),
    project: 'default',
    automationId: id,
    version: { id, trigger, ...shared },
  }
}

function engineEvent(before: number, sent: readonly ChaosEvent[]) {
  const positions = new Map(sent.map(({ id }, index) => [id, before + index + 1]))
  return (event: ChaosEvent, index: number): Entry => {
    const position = before + index + 1
    const received = receivedAt(position)
    const logged: EventEntry['event'] = {
      ...event,
      payload: {},
      source: 'api',
      occurred: Date.parse(event.occurred) * 1_000,
      occurredText: event.occurred,
      received,
      position,
      depth: 0,
      rootId: event.id,
      rootReceived: received,
      traceparent: null,
    }
    const leaderPosition = positions.get(event.follows ?? '') ?? null
    return { kind: 'event', position, received, project: 'default', event: logged, leaderPosition }
  }
}

function oracleAutomation(trigger: StoredTrigger, index: number): OracleEntry {
  const id = chaosKey(index)
  const version = { id, version: 1, enabled: true, trigger }
  return { kind: 'automation', received: receivedAt(index + 1), automationId: id, version }
}

function oracleEvent(before: number) {
  return (event: ChaosEvent, index: number): OracleEntry => {
    const position = before + index + 1
    const received = receivedAt(position)
    const occurred = Date.parse(event.occurred) * 1_000
    const { id, event: name, resource, related, follows } = event
    const fields = { position, received, id, source: 'api', name, occurred, resource, related, follows }
    return { kind: 'event', event: { ...fields, depth: 0, rootReceived: received } }
  }
}
