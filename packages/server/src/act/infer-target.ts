import type { LoggedEvent } from '@upon/engine'
import { ActionFailed } from './action-kind.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export type InferredKind = 'deployment' | 'automation'

/**
 * The id of the first resource of that kind the event involves, the primary one first (spec: automations 4.3).
 * Throws `ActionFailed` when there is none.
 */
export function inferTarget(event: LoggedEvent | null, kind: InferredKind): string {
  if (event === null) throw new ActionFailed(`No event to infer the ${kind}`)
  const prefix = `prefect.${kind}.`
  for (const resource of [event.resource, ...event.related]) {
    const id = resource['prefect.resource.id'] ?? ''
    if (id.slice(0, id.lastIndexOf('.') + 1) !== prefix) continue
    const target = id.slice(prefix.length)
    if (UUID.test(target)) return target.toLowerCase()
    break
  }
  throw new ActionFailed(`No ${kind} could be inferred`)
}
