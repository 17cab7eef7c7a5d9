import { describe, expect, test } from 'vitest'
import type { Entry } from './entry.ts'
import type { Firing } from './firing.ts'
import { entriesOf, type FlowCase, idOf, readFlowCases, secondsOf } from './flow-fixture.test-support.ts'
import { Replay } from './replay.test-support.ts'

type Fired = Readonly<Record<string, unknown>>

function namesOf(flow: FlowCase): Map<string, string> {
  return new Map(flow.log.flatMap(({ id }) => (id === undefined ? [] : [[idOf(id), id] as const])))
}

function fired(firing: Firing, names: ReadonlyMap<string, string>): Fired {
  const event = firing.event === null ? null : (names.get(firing.event.id) ?? firing.event.id)
  return {
    at: secondsOf(firing.at),
    automation: firing.automationKey,
    version: firing.version,
    event,
    labels: firing.labels,
    refused: firing.refused?.code ?? null,
    cause: firing.cause.replace(firing.event?.id ?? '', String(event)),
  }
}

/** Keeps of each actual row what the expected row in its place speaks of. */
function comparable(actual: readonly Fired[], expected: readonly Fired[]): Fired[] {
  return actual.map((row, index) => {
    const keys = Object.keys(expected[index] ?? row)
    return Object.fromEntries(keys.map((key) => [key, row[key]]))
  })
}

const RUNS: readonly { readonly how: string; readonly run: (entries: readonly Entry[]) => Replay }[] = [
  { how: 'decided in one step', run: (entries) => decided(entries, entries.length, false) },
  { how: 'decided entry by entry', run: (entries) => decided(entries, 1, false) },
  { how: 'with a restart before each entry', run: (entries) => decided(entries, 1, true) },
]

function decided(entries: readonly Entry[], size: number, restarts: boolean): Replay {
  const replay = new Replay()
  for (let start = 0; start < entries.length; start += size) {
    if (restarts) replay.restart()
    replay.decide(entries.slice(start, start + size))
  }
  return replay
}

for (const { how, run } of RUNS) {
  describe(`flow fixtures ${how}`, () => {
    test.each(readFlowCases().map((flow) => [`${flow.file} (${flow.rule}): ${flow.name}`, flow] as const))(
      '%s',
      (_, flow) => {
        const names = namesOf(flow)
        const replay = run(entriesOf(flow))
        const firings = replay.firings.map((firing) => fired(firing, names))
        expect(comparable(firings, flow.fires)).toEqual(flow.fires)
        if (flow.observes === undefined) return
        const automations = new Map(replay.firings.map((firing) => [firing.automationId, firing.automationKey]))
        for (const key of Object.keys(flow.automations)) automations.set(idOf(key), key)
        const observations = replay.observations.map(({ eventId, reason, automationId }) => ({
          event: names.get(eventId) ?? eventId,
          reason,
          automation: automationId === null ? undefined : automations.get(automationId),
        }))
        expect(comparable(observations, flow.observes)).toEqual(flow.observes)
      },
    )
  })
}
