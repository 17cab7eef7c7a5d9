import type { Renderer } from '../act/template/renderer.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { Clock } from '../lib/clock.ts'
import { UserError } from '../lib/user-error.ts'
import type { Wakes } from '../lib/wakes.ts'
import type { ProjectRow } from '../store/project-table.ts'
import type { Store, Tables } from '../store/store.ts'
import { defineAutomations } from './automations.ts'
import type { Committed, DefineContext } from './define-context.ts'
import type { DefineService } from './define-service.ts'
import { defineDeployments } from './deployments.ts'
import { defineVariables } from './variables.ts'
import { defineWorkPools } from './work-pools.ts'
import { defineWorkQueues } from './work-queues.ts'

export interface DefineOptions {
  readonly store: Pick<Store, 'read' | 'transaction'>
  readonly renderer: Renderer
  readonly ingest: Pick<Ingest, 'raisedAppended'>
  readonly clock: Clock
  readonly newId: () => string
  /** Told when waiting runs may start; left out where nothing is run. */
  readonly wakes?: Pick<Wakes, 'runs'>
}

/** Everything people define, on one store. */
export function createDefineService({ store, renderer, ingest, clock, newId, wakes }: DefineOptions): DefineService {
  async function commit<T>(work: (tx: Tables) => Promise<Committed<T>>): Promise<T> {
    const { result, sequences, startable } = await store.transaction(work)
    if (startable === true) wakes?.runs()
    const last = Math.max(0, ...sequences.map((sequence) => sequence ?? 0))
    if (last > 0) await ingest.raisedAppended(last)
    return result
  }

  const context: DefineContext = { store, renderer, clock, newId, commit }
  return {
    ...defineAutomations(context),
    ...defineDeployments(context),
    ...defineWorkPools(context),
    ...defineWorkQueues(context),
    ...defineVariables(context),
    createProject: (actor, input) =>
      commit(async (tx) => {
        if ((await tx.projects.find(input.key)) !== null) {
          throw new UserError('conflict', `a project "${input.key}" exists`)
        }
        const now = clock.now()
        const { key, description } = input
        const row: ProjectRow = { id: newId(), key, name: input.name ?? key, description, created: now }
        await tx.projects.add(row)
        await tx.audit.add({
          at: now,
          project: row.id,
          actor,
          action: 'project.created',
          target: row.id,
          detail: { key },
        })
        return { result: row, sequences: [] }
      }),
  }
}
