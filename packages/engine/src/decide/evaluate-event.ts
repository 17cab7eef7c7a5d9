import type { LoggedEvent } from '../event/logged-event.ts'
import type { Firing } from '../firing.ts'
import { formatDuration } from '../grammar/duration.ts'
import { type Instant, MINUTE } from '../instant.ts'
import { isAfter, isExpected } from '../match/predicate.ts'
import type { Observation } from '../observation.ts'
import { aheadKey, keyText } from '../window/key.ts'
import { decideReactive, type Verdict } from '../window/reactive.ts'
import type { CountingWindow } from '../window/window.ts'
import type { WindowBook } from '../window/window-book.ts'
import { firingOf } from './firing-of.ts'
import type { LoopBrake } from './loop-brake.ts'
import type { Progress } from './progress.ts'
import type { ProjectMemory } from './project-memory.ts'

/** An event that occurred more than this after the log clock must not move the windows of those on time. */
export const AHEAD_MIN: Instant = MINUTE

/** What a step has decided so far. */
export interface Batch {
  readonly firings: Firing[]
  readonly observations: Observation[]
}

/** What an evaluation works with besides the event. */
export interface Evaluation {
  readonly project: ProjectMemory
  readonly book: WindowBook
  readonly batch: Batch
  readonly clock: Instant
  readonly keysPerTriggerMax: number
  readonly brake: LoopBrake
}

/** Counts one event for every trigger of its project that it matches, in automation order. */
export function evaluateEvent(event: LoggedEvent, evaluation: Evaluation): void {
  const fired: { readonly order: number; readonly firing: Firing }[] = []
  for (const progress of evaluation.project.index.matching(event)) {
    try {
      for (const decision of evaluateTrigger(progress, event, evaluation)) fired.push(decision)
    } catch (error) {
      observe(evaluation, progress, event, { reason: 'error', detail: String(error) })
    }
  }
  // Automations that share a trigger fire together, which need not be next to each other.
  if (fired.length > 1) fired.sort((a, b) => a.order - b.order)
  const { batch, brake, project } = evaluation
  for (const { firing } of fired) batch.firings.push(brake.check(firing, project.chains))
}

type Decision = { readonly order: number; readonly firing: Firing }
const NOTHING: readonly Decision[] = []

function evaluateTrigger(progress: Progress, event: LoggedEvent, evaluation: Evaluation): readonly Decision[] {
  const { book, clock, project } = evaluation
  const values = progress.keys.length === 0 ? NO_VALUES : progress.keys.map((read) => read(event))
  const key = keyText(values)
  const isAhead = event.occurred - clock > AHEAD_MIN
  const slotKey = isAhead ? aheadKey(key) : key
  const before = progress.windows === null ? null : book.readCounting(progress.windows, slotKey)
  const verdict = decideReactive(progress, before, {
    isAfter: progress.armed && isAfter(progress.predicate, event.event),
    // What matched a trigger without `after` was expected.
    isExpected: !progress.armed || isExpected(progress.predicate, event.event),
    occurred: event.occurred,
    id: event.id,
    position: event.position,
  })
  const live = progress.windows?.live ?? 0
  if (before === null && verdict.window !== null && live >= evaluation.keysPerTriggerMax) {
    observe(evaluation, progress, event, keyLimit(live, key))
    return NOTHING
  }
  if (verdict.window !== before) book.write(project.windowsOf(progress), slotKey, verdict.window)
  if (isAhead) observe(evaluation, progress, event, ahead(event, clock))
  if (verdict.outcome === 'late' && before !== null) observe(evaluation, progress, event, late(event, before))
  return verdict.firings === 0 ? NOTHING : decisions(progress, event, evaluation, { key, values, verdict })
}

const NO_VALUES: readonly string[] = []

function decisions(
  progress: Progress,
  event: LoggedEvent,
  { project, clock }: Evaluation,
  { key, values, verdict }: { readonly key: string; readonly values: readonly string[]; readonly verdict: Verdict },
): Decision[] {
  const labels = Object.fromEntries(progress.trigger.forEach.map((name, index) => [name, values[index] ?? '']))
  const decided = { project: project.project, event, at: clock, key, labels }
  return progress.members.flatMap((member) =>
    Array.from({ length: verdict.firings }, (_, index) => ({
      order: member.automation.order,
      firing: firingOf(member, { ...decided, occasion: index + 1 }),
    })),
  )
}

type Finding = Pick<Observation, 'reason' | 'detail'>

function keyLimit(live: number, key: string): Finding {
  const subject = key === '' ? 'that of this event' : `that of ${key}`
  return { reason: 'key-limit', detail: `the trigger already has ${live} windows; ${subject} would be one more` }
}

function ahead(event: LoggedEvent, clock: Instant): Finding {
  const lead = formatDuration(event.occurred - clock)
  return { reason: 'ahead', detail: `occurred ${lead} ahead of the log clock; counted in a window of its own` }
}

function late(event: LoggedEvent, window: CountingWindow): Finding {
  const lag = formatDuration(window.start - event.occurred)
  return { reason: 'late', detail: `occurred ${lag} before its window began` }
}

function observe({ project, batch }: Evaluation, progress: Progress, event: LoggedEvent, finding: Finding): void {
  for (const { automation } of progress.members) {
    batch.observations.push({
      project: project.project,
      automationId: automation.id,
      version: automation.version,
      position: event.position,
      eventId: event.id,
      ...finding,
    })
  }
}
