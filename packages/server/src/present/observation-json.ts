import type { Observation as Seen } from '@upon/engine'
import type { Observation } from '@upon/sdk'
import { instantText } from '../lib/instant-text.ts'

/** An observation as the API shows it. `automation` names the automation it concerns, where there is one. */
export function observationJson(
  seen: Pick<Seen, 'reason' | 'detail' | 'eventId' | 'position'>,
  at: number,
  automation: { readonly id: string; readonly key: string } | null,
): Observation {
  return {
    automation: automation === null ? null : { ...automation },
    reason: seen.reason,
    detail: seen.detail,
    event_id: seen.eventId,
    event_position: seen.position,
    at: instantText(at),
  }
}
