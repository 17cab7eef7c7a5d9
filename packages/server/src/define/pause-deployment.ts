import type { Tables } from '../store/store.ts'

export interface PauseDeployment {
  readonly project: string
  readonly id: string
  readonly paused: boolean
  readonly now: number
  readonly actor: string
}

/** Pauses or resumes a deployment; one that is already so stays unchanged, and a deleted one is left alone. */
export async function setDeploymentPaused(tx: Tables, change: PauseDeployment): Promise<void> {
  const row = await tx.deployments.find(change.project, change.id)
  if (row === null || row.paused === change.paused) return
  await tx.deployments.save({ ...row, paused: change.paused, revision: row.revision + 1, updated: change.now })
  await tx.audit.add({
    at: change.now,
    project: change.project,
    actor: change.actor,
    action: change.paused ? 'deployment.paused' : 'deployment.resumed',
    target: row.id,
    detail: { name: `${row.flowName}/${row.name}` },
  })
}
