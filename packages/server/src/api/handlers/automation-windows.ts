import { type StoredWindow, triggerIdentity } from '@upon/engine'
import type { AutomationWindow, Page } from '@upon/sdk'
import { instantText } from '../../lib/instant-text.ts'
import type { AutomationRow } from '../../store/automation-table.ts'
import type { ApiDeps } from '../deps.ts'
import { type PageQuery, pageJson, pageOfAll } from '../list-page.ts'

/** A reactive window counts as gone this long after its end; the engine says the same when it reads it. */
const KEPT_AFTER_END_US = 60_000_000

type CountingRow = Awaited<ReturnType<ApiDeps['store']['read']['automations']['windows']>>[number]

/** How far the trigger of an automation has counted, one window per key. */
export async function windowsOf(
  { store, clock }: Pick<ApiDeps, 'store' | 'clock'>,
  row: AutomationRow,
  query: PageQuery,
): Promise<Page<AutomationWindow>> {
  const { trigger } = row.engine
  const identity = triggerIdentity(row.project, row.owner ?? row.id, '', trigger)
  const windows = await store.read.automations.windows(row.project, [identity])
  const now = clock.now()
  const open = windows.filter(({ state }) => state.end + KEPT_AFTER_END_US > now)
  return pageJson(
    pageOfAll(open, query, ({ key }) => key),
    (window) => windowJson(window, row),
  )
}

function windowJson({ key, state }: CountingRow, { engine }: AutomationRow): AutomationWindow {
  const values = keyValues(key)
  return {
    trigger_path: '',
    key,
    labels: Object.fromEntries(engine.trigger.forEach.map((label, at) => [label, values[at] ?? ''])),
    start: instantText(state.start),
    end: instantText(state.end),
    count: state.count,
    threshold: engine.trigger.threshold,
    last_event_id: state.lastEvent?.id ?? null,
  }
}

/** A key is the JSON array of its values, with a mark behind it for events ahead of the clock. */
function keyValues(key: StoredWindow['key']): readonly string[] {
  const end = key.lastIndexOf(']')
  if (end === -1) return []
  const values: unknown = JSON.parse(key.slice(0, end + 1))
  return Array.isArray(values) ? values.map(String) : []
}
