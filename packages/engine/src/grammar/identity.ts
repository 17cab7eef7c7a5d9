import { v5 } from 'uuid'
import type { LabelSpec, Trigger } from './trigger.ts'

// Any constant would do; it must never change, or every window in every store is lost.
const IDENTITY_NAMESPACE = 'b6d0c7de-58d5-4f0b-9f0c-2a4de2a6f2c1'

/**
 * Names the progress of a trigger: the same for the same trigger at the same path under the same owner, however it is
 * written and however often it is saved. `owner` is what owns the automation, or the automation's own id.
 */
export function triggerIdentity(project: string, owner: string, path: string, trigger: Trigger): string {
  return v5(JSON.stringify([project, owner, path, canonicalTrigger(trigger)]), IDENTITY_NAMESPACE)
}

function canonicalTrigger(trigger: Trigger): readonly unknown[] {
  const related = trigger.matchRelated.map((spec) => JSON.stringify(canonicalSpec(spec)))
  return [
    trigger.type,
    trigger.posture,
    canonicalSpec(trigger.match),
    sortedSet(related),
    sortedSet(trigger.after),
    sortedSet(trigger.expect),
    sortedSet(trigger.forEach),
    trigger.threshold,
    trigger.within,
  ]
}

function canonicalSpec(spec: LabelSpec): readonly unknown[] {
  return Object.keys(spec)
    .sort()
    .map((label) => [label, sortedSet(spec[label] ?? [])])
}

function sortedSet(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort()
}
