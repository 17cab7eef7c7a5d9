import type { AutomationVersion, CountingWindow, Firing, Trigger, WindowChange } from '@upon/engine'
import type { AutomationRow } from '../automation-table.ts'
import type { Decision } from '../decision-store.ts'
import type { NewLaunch } from '../launch-table.ts'
import type { NewEntry, NewLogEvent } from '../log-store.ts'
import type { NewRaised } from '../raised-table.ts'
import type { PageRequest, Store } from '../store.ts'

/** An instant in 2026; tests count on from it. */
export const T0 = 1_790_000_000_000_000

export const page = (limit = 50, cursor: string | null = null): PageRequest => ({ limit, cursor })

export const newEvent = (id: string, changes: Partial<NewLogEvent> = {}): NewLogEvent => ({
  project: 'default',
  id,
  source: 'api',
  event: 'order.paid',
  occurred: T0,
  occurredText: '2026-09-21T14:13:20Z',
  resource: { 'prefect.resource.id': 'order.1' },
  related: [],
  payload: {},
  follows: null,
  depth: 0,
  rootId: null,
  rootReceived: null,
  traceparent: null,
  ...changes,
})

export const eventEntry = (id: string, changes: Partial<NewLogEvent> = {}): NewRaised & { kind: 'event' } => ({
  kind: 'event',
  event: newEvent(id, changes),
})

export const appendEvents = (store: Store, ...ids: string[]) => append(store, ...ids.map((id) => eventEntry(id)))

export const append = (store: Store, ...entries: NewEntry[]) => store.log.append(entries, { now: T0 })

const TRIGGER: Trigger = {
  type: 'event',
  match: {},
  matchRelated: [],
  after: [],
  expect: ['order.paid'],
  forEach: [],
  posture: 'Reactive',
  threshold: 1,
  within: 0,
}

export function automationRow(id: string, changes: Partial<AutomationRow> = {}): AutomationRow {
  const { version = 1, order = 1, enabled = true, key = `key-${id}`, project = 'default', owner = null } = changes
  const engine: AutomationVersion = { id, project, key, version, order, owner, enabled, trigger: TRIGGER }
  return {
    id,
    project,
    key,
    version,
    order,
    owner,
    enabled,
    name: `Automation ${id}`,
    description: '',
    tags: [],
    definition: {
      trigger: { type: 'event', expect: ['order.paid'] },
      conditions: [],
      actions: [{ type: 'do-nothing' }],
      actions_on_trigger: [],
      actions_on_resolve: [],
    },
    engine,
    created: T0,
    updated: T0,
    ...changes,
  }
}

export const firing = (id: string, changes: Partial<Firing> = {}): Firing => ({
  id,
  project: 'default',
  automationId: 'a1',
  automationKey: 'key-a1',
  version: 1,
  triggerPath: '',
  state: 'Triggered',
  key: '',
  labels: {},
  at: T0,
  event: { id: 'e1', position: 1 },
  value: null,
  cause: 'event:api:e1',
  depth: 0,
  rootId: 'e1',
  rootReceived: T0,
  traceparent: null,
  refused: null,
  ...changes,
})

export const launch = (id: string, changes: Partial<NewLaunch> = {}): NewLaunch => ({
  id,
  state: 'pending',
  reason: null,
  actions: [{ list: 'actions', type: 'do-nothing', name: null }],
  ...changes,
})

export const counting = (key: string, changes: Partial<CountingWindow> = {}): WindowChange => ({
  project: 'default',
  trigger: 'trigger-1',
  key,
  state: { kind: 'counting', start: T0, end: T0 + 60, count: 1, lastEvent: null, ...changes },
})

/** Decides the next entries with what `changes` says came of them. */
export async function decide(store: Store, changes: Partial<Decision> = {}): Promise<Decision> {
  const cursor = await store.decisions.cursor()
  const decision: Decision = {
    epoch: cursor.epoch,
    from: cursor.position,
    to: cursor.position + 1,
    clock: T0,
    engineVersion: 1,
    windows: [],
    firings: [],
    launches: [],
    observations: [],
    raised: [],
    ...changes,
  }
  await store.decisions.commit(decision)
  return decision
}

/** Commits one firing with its launch. */
export const launched = (
  store: Store,
  id: string,
  changes: { firing?: Partial<Firing>; launch?: Partial<NewLaunch> } = {},
) => decide(store, { firings: [firing(id, changes.firing)], launches: [launch(id, changes.launch)] })
