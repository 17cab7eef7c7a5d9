import {
  describeMismatch,
  explainMatch,
  type LoggedEvent,
  type MatchReport,
  SECOND,
  triggerIdentity,
  windowKey,
} from '@upon/engine'
import type { Explanation } from '@upon/sdk'
import { instantText } from '../../lib/instant-text.ts'
import { eventJson } from '../../present/event-json.ts'
import type { AutomationRow } from '../../store/automation-table.ts'
import type { Launch, ObservationRow } from '../../store/launch-table.ts'
import type { ApiDeps } from '../deps.ts'
import { type HandlersOf, ok } from '../route-handler.ts'
import { findEvent } from './events.ts'

type Outcome = Explanation['outcomes'][number]
type Deps = Pick<ApiDeps, 'store' | 'decider'>

/** How long an explanation waits for the event to be decided. */
const DECIDED_WAIT_US = 2 * SECOND
/** Automations one explanation speaks of. */
export const OUTCOMES_MAX = 200

/** Why an event launched what it launched, and nothing else. */
export function explainHandlers(deps: Deps): HandlersOf<'explainEvent'> {
  const { store, decider } = deps
  return {
    async explainEvent({ params, project }) {
      const event = await findEvent(deps, project.id, params.event)
      const decided = await decider.passed(event.position, DECIDED_WAIT_US)
      const page = { limit: OUTCOMES_MAX, cursor: null }
      const { items: launches } = await store.read.launches.list({ project: project.id, eventId: event.id }, page)
      const fired = launches.map(firedOutcome)
      const missed = decided ? await misses(deps, event, { project: project.id, fired }) : []
      return ok({ event: eventJson(event), decided, outcomes: [...fired, ...missed].slice(0, OUTCOMES_MAX) })
    },
  }
}

function firedOutcome(launch: Launch): Outcome {
  const { automationId: id, automationKey: key, automationName: name, version } = launch
  const refused = launch.state === 'refused' && launch.reason !== null
  const reason = refused
    ? `fired, and the launch was refused: ${launch.reason?.detail}`
    : 'fired: the event is what it waits for'
  return { automation: { id, key, name, version }, fired: true, launch_id: launch.id, reason }
}

interface Miss {
  readonly row: AutomationRow
  readonly report: MatchReport
  readonly sentence: string
}

/** The automations that did not fire, closest first; of the disabled ones those the event matched. */
async function misses(
  { store }: Deps,
  event: LoggedEvent,
  { project, fired }: { readonly project: string; readonly fired: readonly Outcome[] },
): Promise<readonly Outcome[]> {
  const known = new Set(fired.map(({ automation }) => automation.id))
  const rows = await store.read.automations.all({ project })
  const seen = await store.read.events.observations(
    { project, eventId: event.id },
    { limit: OUTCOMES_MAX, cursor: null },
  )
  const reports = rows
    .filter((row) => !known.has(row.id) && row.created <= event.received)
    .map((row) => ({ row, report: explainMatch(row.engine.trigger, event) }))
    .filter(({ row, report }) => row.enabled || report.matched)
    .sort((a, b) => distance(a.report) - distance(b.report))
    .slice(0, OUTCOMES_MAX)
  const told: Miss[] = []
  for (const { row, report } of reports) {
    const sentence = report.matched
      ? await matchedSentence(store, row, { event, seen: seen.items })
      : describeMismatch(report).join('; ')
    told.push({ row, report, sentence })
  }
  return told.map((miss) => missOutcome(miss, event))
}

function missOutcome({ row, sentence }: Miss, event: LoggedEvent): Outcome {
  const changed = row.updated > event.received ? ` (by version ${row.version}, saved after the event)` : ''
  const { id, key, name, version } = row
  return { automation: { id, key, name, version }, fired: false, launch_id: null, reason: sentence + changed }
}

/** How much is wrong: an event of another name is further away than any wrong label. */
function distance({ name, match, related }: MatchReport): number {
  const wrong = [...match, ...related].filter(({ ok: right }) => !right).length
  return wrong + (name.ok ? 0 : 10_000)
}

/** Why an event that matched did not fire: nobody waited for it, something was noted about it, or it only counted. */
async function matchedSentence(
  store: Deps['store'],
  row: AutomationRow,
  { event, seen }: { readonly event: LoggedEvent; readonly seen: readonly ObservationRow[] },
): Promise<string> {
  if (!row.enabled) return `matched, and ${row.key} is disabled`
  const noted = seen.find(({ automationId }) => automationId === row.id || automationId === null)
  if (noted !== undefined) return `matched, and did not count (${noted.reason}): ${noted.detail}`
  const { trigger } = row.engine
  const identity = triggerIdentity(row.project, row.owner ?? row.id, '', trigger)
  const windows = await store.read.automations.windows(row.project, [identity])
  const window = windows.find(({ state }) => state.lastEvent?.id === event.id)
  const wanted = `${trigger.threshold} ${trigger.threshold === 1 ? 'is' : 'are'} wanted`
  if (window !== undefined) return `matched, and counts as ${window.state.count} where ${wanted}`
  const key = windowKey(trigger.forEach, event)
  // Nothing was counted in the window that a firing leaves behind until it begins.
  const next = windows.find(({ state, ...one }) => one.key === key && state.lastEvent === null)
  if (next !== undefined && event.occurred < next.state.start) {
    return `matched, and it has fired before: it counts again from ${instantText(next.state.start)}`
  }
  return trigger.after.length > 0
    ? 'matched, and waits for what must come with it'
    : `matched, and was counted; ${wanted} within one window`
}
