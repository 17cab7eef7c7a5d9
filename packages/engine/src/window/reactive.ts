import { type Instant, MINUTE } from '../instant.ts'
import type { CountingWindow } from './window.ts'

/** A window opened by an `expect` event begins this long before it, so that neighbours out of order still count. */
export const LOOK_BACK: Instant = 15 * MINUTE

/** What of a trigger its windows depend on. */
export interface Counting {
  readonly threshold: number
  readonly within: Instant
  /** Whether only an `after` event opens a window. */
  readonly armed: boolean
}

/** What of an event its windows depend on. */
export interface Counted {
  readonly isAfter: boolean
  readonly isExpected: boolean
  readonly occurred: Instant
  readonly id: string
  readonly position: number
}

/**
 * What became of an event. `armed`: opened the window, does not count. `waiting`: counted, too few so far. `unarmed`:
 * no `after` event before it. `cooling`: the trigger fired in the window that is not over yet. `late`: occurred before the
 * window began. `quiet`: came after its window had ended, or could not count.
 */
export type Outcome = 'fired' | 'armed' | 'waiting' | 'unarmed' | 'cooling' | 'late' | 'quiet'

export interface Verdict {
  readonly outcome: Outcome
  /** The window afterwards; null where none is left. */
  readonly window: CountingWindow | null
  /** How often the trigger fired: a threshold below 1 can be met by the old window and by the new one. */
  readonly firings: number
}

/** Decides what one matching event does to the window of its key. Nothing else moves a reactive window. */
export function decideReactive(trigger: Counting, window: CountingWindow | null, event: Counted): Verdict {
  const open = openWindow(trigger, window, event)
  if (!event.isExpected) return { outcome: 'armed', window: open, firings: 0 }
  if (open === null) return { outcome: 'unarmed', window: null, firings: 0 }
  return evaluate(trigger, open, event)
}

function openWindow(trigger: Counting, window: CountingWindow | null, event: Counted): CountingWindow | null {
  const { occurred } = event
  if (trigger.armed && event.isAfter) {
    if (window !== null && !isStale(trigger, window, occurred)) return withLast(window, event)
    // One that arms and counts at once must not count towards itself.
    return newWindow(occurred, occurred + trigger.within, event.isExpected ? -1 : 0, event)
  }
  if (window !== null || trigger.armed || !event.isExpected) return window
  return newWindow(occurred - LOOK_BACK, occurred + trigger.within, 0, event)
}

/** A window that ended without firing must not swallow the pair that comes next. Without `within` it never ends. */
function isStale(trigger: Counting, window: CountingWindow, occurred: Instant): boolean {
  return trigger.within > 0 && occurred >= window.end
}

function evaluate(trigger: Counting, window: CountingWindow, event: Counted): Verdict {
  const now = event.occurred
  // A window without a last event is the one prepared for after a firing.
  if (now < window.start) return { outcome: window.lastEvent === null ? 'cooling' : 'late', window, firings: 0 }
  const inside = trigger.within === 0 || now < window.end
  const counted = inside ? { ...withLast(window, event), count: window.count + 1 } : window
  const fired = counted.count >= trigger.threshold
  if (!fired && now < counted.end) return { outcome: 'waiting', window: counted, firings: 0 }
  const firings = fired ? 1 : 0
  if (trigger.armed) return { outcome: fired ? 'fired' : 'quiet', window: null, firings }
  if (trigger.within === 0) return { outcome: fired ? 'fired' : 'waiting', window: fired ? null : counted, firings }
  return evaluateNext(trigger, counted, event, { inside, fired })
}

/** After a window that fired or ended, the next one begins where it ended, at the earliest now. */
function evaluateNext(
  trigger: Counting,
  ended: CountingWindow,
  event: Counted,
  { inside, fired }: { readonly inside: boolean; readonly fired: boolean },
): Verdict {
  const start = Math.max(ended.end, event.occurred)
  const next = newWindow(start, start + trigger.within, 0, null)
  const firings = fired ? 1 : 0
  if (inside) return { outcome: 'fired', window: next, firings }
  const again = evaluate(trigger, next, event)
  return { ...again, outcome: fired ? 'fired' : again.outcome, firings: firings + again.firings }
}

function newWindow(start: Instant, end: Instant, count: number, event: Counted | null): CountingWindow {
  return { kind: 'counting', start, end, count, lastEvent: event === null ? null : lastOf(event) }
}

function withLast(window: CountingWindow, event: Counted): CountingWindow {
  return { kind: 'counting', start: window.start, end: window.end, count: window.count, lastEvent: lastOf(event) }
}

function lastOf(event: Counted): CountingWindow['lastEvent'] {
  return { id: event.id, position: event.position }
}
