import { DEFAULT_WORK_QUEUE } from '@upon/sdk'
import type { RunRow } from '../store/run-table.ts'
import type { Tables } from '../store/store.ts'

/** What a run's events say besides the run itself, as it is now. */
export interface RunSurroundings {
  readonly flowTags: readonly string[]
  readonly deploymentTags: readonly string[]
  readonly queueId: string | null
  readonly pool: { readonly id: string; readonly name: string; readonly type: string } | null
  readonly automationName: string | null
}

/** Looks up what surrounds a run; what was deleted since is left out. */
export async function surroundingsOf(tx: Tables, run: RunRow): Promise<RunSurroundings> {
  const { project } = run
  const flow = await tx.deployments.findFlow(project, run.flowId)
  const deployment = await tx.deployments.find(project, run.deploymentId)
  const pool = run.workPool === null ? null : await tx.workPools.find(project, run.workPool)
  const queue =
    pool === null ? null : await tx.workPools.findQueue(project, pool.id, run.workQueue ?? DEFAULT_WORK_QUEUE)
  const automation = run.automationId === null ? null : await tx.automations.find(project, run.automationId)
  return {
    flowTags: flow?.tags ?? [],
    deploymentTags: deployment?.tags ?? [],
    queueId: queue?.id ?? null,
    pool,
    automationName: automation?.name ?? null,
  }
}
