import { formatDuration, secondsToMicros } from '@upon/engine'
import type { Trigger } from '@upon/sdk'

/** A trigger in a few words: `external.resource.pinged from my.external.resource`. */
export function triggerText(trigger: Trigger): string {
  const names = trigger.expect.length === 0 ? 'any event' : trigger.expect.join(' or ')
  const from = sourceOf(trigger)
  const after = trigger.after.length === 0 ? '' : ` after ${trigger.after.join(' or ')}`
  const times = trigger.threshold > 1 ? `, ${trigger.threshold} times` : ''
  const within = trigger.within > 0 ? ` within ${formatDuration(secondsToMicros(trigger.within))}` : ''
  const each = trigger.for_each.length === 0 ? '' : ` for each ${trigger.for_each.join(' and ')}`
  return `${names}${from}${after}${times}${within}${each}`
}

function sourceOf({ match }: Trigger): string {
  const id = match['prefect.resource.id']
  return id === undefined ? '' : ` from ${[id].flat().join(' or ')}`
}
