import type { Tables } from '../store/store.ts'

export interface EnableAutomation {
  readonly project: string
  readonly id: string
  readonly enabled: boolean
  readonly now: number
  readonly actor: string
}

/**
 * Enables or disables an automation as a new version, in force from its entry in the log. Returns the sequence of
 * that raised entry, or null when nothing changed.
 */
export async function setAutomationEnabled(tx: Tables, change: EnableAutomation): Promise<number | null> {
  const row = await tx.automations.find(change.project, change.id)
  if (row === null || row.enabled === change.enabled) return null
  const version = row.version + 1
  const engine = { ...row.engine, version, enabled: change.enabled }
  await tx.automations.save({ ...row, version, enabled: change.enabled, engine, updated: change.now }, change.actor)
  await tx.audit.add({
    at: change.now,
    project: change.project,
    actor: change.actor,
    action: change.enabled ? 'automation.enabled' : 'automation.disabled',
    target: row.id,
    detail: { key: row.key, version },
  })
  const [sequence] = await tx.raised.add([
    { kind: 'automation', project: change.project, automationId: row.id, version },
  ])
  return sequence ?? null
}
