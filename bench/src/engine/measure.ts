import {
  type AutomationVersion,
  compileTrigger,
  type EngineState,
  type Entry,
  engineStats,
  loadEngine,
  parseTrigger,
  step,
} from '@upon/engine'
import { createRandom } from '../lib/random.ts'
import { workloadAutomations } from '../workload/automations.ts'
import type { Mix } from '../workload/shares.ts'
import { entriesFrom, eventTexts } from './logged-events.ts'

/** Entries one step takes, as the decider gives them. */
const BATCH = 2_000
const SEED = 42
const AUTOMATION_SEED = 7

export interface EngineMeasurement {
  /** Microseconds per event, one value for each repeat. */
  readonly stepUs: readonly number[]
  readonly parseUs: readonly number[]
  readonly firedShare: number
  readonly residual: number
  readonly liveWindows: number
  /** Bytes per automation of the engine's own memory, and with the definitions it holds on to. */
  readonly indexBytes: number
  readonly totalBytes: number
}

export interface EngineWorkload {
  readonly automations: number
  readonly mix: Mix
  readonly events: number
  readonly repeats: number
  readonly gc: () => void
}

/** Matches and decides the workload on this thread, in turn with `JSON.parse` of the same events. */
export function measureEngine({ automations, mix, events, repeats, gc }: EngineWorkload): EngineMeasurement {
  const { state, indexBytes, totalBytes } = loadMeasured(automations, mix, gc)
  const texts = eventTexts({ automations, mix, seed: SEED }, events)
  let position = 1
  let fired = 0
  const stepUs: number[] = []
  const parseUs: number[] = []
  // The first two turns warm up the compiler and open the windows.
  for (let repeat = -2; repeat < repeats; repeat += 1) {
    const entries = entriesFrom(texts, position)
    position += entries.length
    gc()
    const decided = timed(() => stepAll(state, entries))
    gc()
    const parsed = timed(() => parseAll(texts))
    if (repeat < 0) continue
    fired += decided.value
    stepUs.push(decided.us / events)
    parseUs.push(parsed.us / events)
  }
  const stats = engineStats(state)
  const residual = stats.projects.reduce((sum, project) => sum + project.residual, 0)
  return {
    stepUs,
    parseUs,
    firedShare: fired / (events * repeats),
    residual,
    liveWindows: stats.liveWindows,
    indexBytes,
    totalBytes,
  }
}

function loadMeasured(count: number, mix: Mix, gc: () => void) {
  gc()
  const empty = process.memoryUsage().heapUsed
  const versions = versionsOf(count, mix)
  gc()
  const defined = process.memoryUsage().heapUsed
  const state = loadEngine({ cursor: 0, clock: 0, automations: versions, windows: [], heldEvents: [] })
  gc()
  const loaded = process.memoryUsage().heapUsed
  return { state, indexBytes: (loaded - defined) / count, totalBytes: (loaded - empty) / count }
}

function versionsOf(count: number, mix: Mix): readonly AutomationVersion[] {
  const random = createRandom(AUTOMATION_SEED)
  return workloadAutomations(count, mix).map(({ key, trigger }, order) => {
    const parsed = parseTrigger(trigger)
    if (!parsed.ok) throw new Error(`the workload's automation ${key} is not valid: ${JSON.stringify(parsed.problems)}`)
    const id = random.uuid()
    const compiled = compileTrigger(parsed.value)
    return { id, project: 'default', key, version: 1, order, owner: null, enabled: true, trigger: compiled }
  })
}

function stepAll(state: EngineState, entries: readonly Entry[]): number {
  let firings = 0
  for (let start = 0; start < entries.length; start += BATCH) {
    firings += step(state, entries.slice(start, start + BATCH)).firings.length
  }
  return firings
}

function parseAll(texts: readonly string[]): number {
  let keys = 0
  for (const text of texts) {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object') keys += 1
  }
  return keys
}

function timed<T>(work: () => T): { readonly value: T; readonly us: number } {
  const begin = process.hrtime.bigint()
  const value = work()
  return { value, us: Number(process.hrtime.bigint() - begin) / 1_000 }
}
