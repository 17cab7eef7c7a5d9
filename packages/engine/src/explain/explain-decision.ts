import type { LoggedEvent } from '../event/logged-event.ts'
import { formatDuration } from '../grammar/duration.ts'
import type { Trigger } from '../grammar/trigger.ts'
import { formatInstant, type Instant } from '../instant.ts'
import { decideReactive, type Outcome } from '../window/reactive.ts'
import type { CountingWindow } from '../window/window.ts'
import { describeMismatch, explainMatch, type MatchReport } from './explain-match.ts'

/** What a trigger made of one event, and why. */
export interface DecisionReport {
  readonly outcome: Outcome | 'mismatch'
  /** One sentence for people, without a full stop. */
  readonly sentence: string
  readonly match: MatchReport
  /** The key's window after the event; null where none is left. */
  readonly window: CountingWindow | null
}

/** What the decision rested on: `window` is that of the event's key before the event, null where there was none. */
export interface DecisionFacts {
  readonly trigger: Trigger
  readonly event: Pick<LoggedEvent, 'id' | 'position' | 'event' | 'occurred' | 'resource' | 'related'>
  readonly window: CountingWindow | null
}

/** Decides the event again as the engine does and says why it fired or did not. */
export function explainDecision({ trigger, event, window }: DecisionFacts): DecisionReport {
  const match = explainMatch(trigger, event)
  if (!match.matched) {
    return { outcome: 'mismatch', sentence: describeMismatch(match).join('; '), match, window }
  }
  const { role } = match.name
  const verdict = decideReactive(
    { threshold: trigger.threshold, within: trigger.within, armed: trigger.after.length > 0 },
    window,
    {
      isAfter: role === 'after' || role === 'both',
      isExpected: role === 'expect' || role === 'both',
      occurred: event.occurred,
      id: event.id,
      position: event.position,
    },
  )
  const sentence = describeOutcome(verdict.outcome, trigger, verdict.window)
  return { outcome: verdict.outcome, sentence, match, window: verdict.window }
}

function describeOutcome(outcome: Outcome, trigger: Trigger, window: CountingWindow | null): string {
  const within = trigger.within === 0 ? '' : ` within ${spaced(trigger.within)}`
  const needed = `${trigger.threshold} ${trigger.threshold === 1 ? 'event' : 'events'}${within}`
  switch (outcome) {
    case 'fired':
      return `fired: ${needed}`
    case 'waiting':
      return `${Math.max(0, window?.count ?? 0)} of ${needed}`
    case 'armed':
      return `armed: waits for ${named(trigger.expect)}${within}`
    case 'unarmed':
      return `no ${named(trigger.after)} came before it`
    case 'cooling':
      return `fired already: silent until ${window === null ? 'its window ends' : formatInstant(window.start)}`
    case 'late':
      return `late: it occurred before its window began${window === null ? '' : ` at ${formatInstant(window.start)}`}`
    case 'quiet':
      return `its window had ended with too few of ${needed}`
  }
}

function named(names: readonly string[]): string {
  return names.length === 0 ? 'any event' : names.map((name) => JSON.stringify(name)).join(' or ')
}

function spaced(duration: Instant): string {
  return formatDuration(duration).replaceAll(/[a-z]+/g, ' $&')
}
