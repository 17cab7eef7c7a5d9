import { readdirSync, readFileSync } from 'node:fs'
import { v5 } from 'uuid'
import { parseAllDocuments } from 'yaml'
import type { AutomationVersion, Entry } from './entry.ts'
import type { Labels, LoggedEvent } from './event/logged-event.ts'
import { compileTrigger, parseTrigger } from './grammar/trigger.ts'
import { formatInstant, type Instant, parseInstant, SECOND } from './instant.ts'

export const FIXTURES = new URL('../../../fixtures/', import.meta.url)
const NAMESPACE = '7d9c4a4e-3b3c-4a87-9b8e-1c2a2f6e9d10'
const BASE: Instant = parseInstant('2026-01-01T00:00:00Z') ?? 0

export interface FlowCase {
  readonly file: string
  readonly name: string
  readonly rule: string
  readonly automations: Readonly<Record<string, unknown>>
  readonly log: readonly FlowEntry[]
  readonly fires: readonly Readonly<Record<string, unknown>>[]
  readonly observes?: readonly Readonly<Record<string, unknown>>[]
}

interface FlowEntry {
  readonly at: number
  readonly project?: string
  readonly event?: string
  readonly id?: string
  readonly occurred?: number
  readonly resource?: string | Labels
  readonly related?: readonly Labels[]
  readonly follows?: string
  readonly depth?: number
  readonly root_at?: number
  readonly set?: string
  readonly trigger?: unknown
  readonly enabled?: boolean
  readonly owner?: string
  readonly remove?: string
  readonly clock?: boolean
}

export function readFlowCases(): FlowCase[] {
  const folder = new URL('flow/', FIXTURES)
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) =>
      parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')).map((document): FlowCase => {
        if (document.errors[0] !== undefined) throw document.errors[0]
        return { file, ...document.toJS() }
      }),
    )
}

export function readLines(path: string): string[] {
  return readFileSync(new URL(path, FIXTURES), 'utf8').split('\n').slice(0, -1)
}

export function instantOf(seconds: number): Instant {
  return BASE + Math.round(seconds * SECOND)
}

export function secondsOf(instant: Instant): number {
  return Math.round(((instant - BASE) / SECOND) * 1_000) / 1_000
}

export function idOf(name: string): string {
  return v5(name, NAMESPACE)
}

/** The log of a case. `received` grows by at least a microsecond from entry to entry, as in every log. */
export function entriesOf(flow: FlowCase): Entry[] {
  const start = Math.min(0, flow.log[0]?.at ?? 0)
  const first = Object.entries(flow.automations).map(([set, trigger]): FlowEntry => ({ at: start, set, trigger }))
  const lines = [...first, ...flow.log]
  const positions = new Map(lines.map(({ id }, index) => [id, index + 1]))
  const versions = new Map<string, AutomationVersion>()
  const entries: Entry[] = []
  for (const line of lines) {
    const received = Math.max(instantOf(line.at), (entries.at(-1)?.received ?? 0) + 1)
    const base = { position: entries.length + 1, received, project: line.project ?? 'default' }
    entries.push(entryOf(line, base, { positions, versions }))
  }
  return entries
}

interface Place {
  readonly position: number
  readonly received: Instant
  readonly project: string
}

interface Context {
  readonly positions: ReadonlyMap<string | undefined, number>
  readonly versions: Map<string, AutomationVersion>
}

function entryOf(line: FlowEntry, place: Place, { positions, versions }: Context): Entry {
  if (line.clock === true) return { kind: 'clock', ...place, resumed: false }
  if (line.remove !== undefined) return { kind: 'automation', ...place, automationId: idOf(line.remove), version: null }
  if (line.set !== undefined) {
    const version = versionOf(line.set, line, { project: place.project, versions })
    versions.set(line.set, version)
    return { kind: 'automation', ...place, automationId: version.id, version }
  }
  const leaderPosition = line.follows === undefined ? null : (positions.get(line.follows) ?? null)
  return { kind: 'event', ...place, event: eventOf(line, place), leaderPosition }
}

function versionOf(
  key: string,
  line: FlowEntry,
  { project, versions }: { project: string; versions: ReadonlyMap<string, AutomationVersion> },
): AutomationVersion {
  const former = versions.get(key)
  const trigger = parseTrigger(line.trigger)
  if (!trigger.ok) throw new Error(`${key}: ${JSON.stringify(trigger.problems)}`)
  return {
    id: idOf(key),
    project,
    key,
    version: (former?.version ?? 0) + 1,
    order: former?.order ?? versions.size + 1,
    owner: line.owner ?? null,
    enabled: line.enabled ?? true,
    trigger: compileTrigger(trigger.value),
  }
}

function eventOf(line: FlowEntry, { position, received }: Place): LoggedEvent {
  const occurred = instantOf(line.occurred ?? line.at)
  const id = idOf(line.id ?? `event ${position}`)
  const resource = typeof line.resource === 'object' ? line.resource : { 'prefect.resource.id': line.resource ?? 'r' }
  return {
    id,
    source: 'api',
    event: line.event ?? '',
    occurred,
    occurredText: formatInstant(occurred),
    received,
    position,
    resource,
    related: line.related ?? [],
    payload: {},
    follows: line.follows === undefined ? null : idOf(line.follows),
    depth: line.depth ?? 0,
    rootId: id,
    rootReceived: line.root_at === undefined ? received : instantOf(line.root_at),
    traceparent: null,
  }
}
