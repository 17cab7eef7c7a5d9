import { SECOND } from '@upon/engine'
import { type ParsedRunInput, type RunsQuery, runStateTypeSchema } from '@upon/sdk'
import { notFound } from '../../lib/user-error.ts'
import { stateEntryJson } from '../../present/run-json.ts'
import type { RunFilter, RunRow, RunStateType } from '../../store/run-table.ts'
import type { ApiDeps } from '../deps.ts'
import { instantInput, instantQuery } from '../instant-input.ts'
import { pageRequest } from '../list-page.ts'
import { created, gone, type HandlersOf, ok } from '../route-handler.ts'
import { scopeOf } from '../scope.ts'
import { findAutomation } from './automations.ts'
import { findDeployment } from './deployments.ts'
import type { RunPresenter } from './run-presenter.ts'

type Deps = Pick<ApiDeps, 'store' | 'runs' | 'clock'>

export function runHandlers(
  deps: Deps,
  presenter: RunPresenter,
): HandlersOf<
  | 'listRuns'
  | 'countRuns'
  | 'getRun'
  | 'createRun'
  | 'cancelRun'
  | 'startRunNow'
  | 'retryRun'
  | 'deleteRun'
  | 'listRunStates'
> {
  const { store, runs } = deps
  const shown = async (row: RunRow) => ok(await presenter.show(row))
  return {
    async listRuns({ query, project }) {
      const page = await store.read.runs.list(await runFilter(deps, project.id, query), pageRequest(query))
      return ok({ items: await Promise.all(page.items.map(presenter.show)), next_cursor: page.next })
    },
    async countRuns({ query, project }) {
      const byState = await store.read.runs.countByState(await runFilter(deps, project.id, query))
      const count = Object.values(byState).reduce((sum, one) => sum + one, 0)
      return ok({ count, by_state: byState })
    },
    getRun: async ({ params, project }) => shown(await findRun(deps, project.id, params.run)),
    async createRun({ params, body, ...caller }) {
      const input = { ...body, scheduledAt: startOf(body, deps.clock.now()) }
      const made = await runs.createRun(scopeOf(caller), params.deployment, input)
      const run = await presenter.show(made.run)
      return made.created ? created(run) : ok(run)
    },
    cancelRun: async ({ params, body, ...caller }) =>
      shown(await runs.cancel(scopeOf(caller), params.run, body?.message)),
    startRunNow: async ({ params, ...caller }) => shown(await runs.startNow(scopeOf(caller), params.run)),
    retryRun: async ({ params, ...caller }) => shown(await runs.retry(scopeOf(caller), params.run)),
    async deleteRun({ params, ...caller }) {
      await runs.remove(scopeOf(caller), params.run)
      return gone
    },
    async listRunStates({ params, project }) {
      const run = await findRun(deps, project.id, params.run)
      const states = await store.read.runs.states(project.id, run.id)
      return ok({ items: states.map(stateEntryJson) })
    },
  }
}

/** When a new run is to start. */
function startOf(input: ParsedRunInput, now: number): number {
  const at = instantInput('scheduled_at', input.scheduled_at, 'the body')
  return at ?? now + Math.round((input.schedule_after ?? 0) * SECOND)
}

export async function findRun({ store }: Pick<ApiDeps, 'store'>, project: string, reference: string): Promise<RunRow> {
  const run = await store.read.runs.find(project, reference)
  if (run === null) throw notFound('run', reference, 'GET /api/v1/runs lists them')
  return run
}

async function runFilter(deps: Deps, project: string, query: Partial<RunsQuery>): Promise<RunFilter> {
  const { deployment, automation, flow, launch, event_id: eventId, work_pool: workPool, tag } = query
  const since = instantQuery('since', query.since)
  const until = instantQuery('until', query.until)
  const deploymentId = deployment === undefined ? undefined : (await findDeployment(deps, project, deployment)).id
  const automationId = automation === undefined ? undefined : (await findAutomation(deps, project, automation)).id
  return {
    project,
    ...statesIn(query.state),
    ...(deploymentId !== undefined && { deploymentId }),
    ...(automationId !== undefined && { automationId }),
    ...(flow !== undefined && { flow }),
    ...(launch !== undefined && { launchId: launch.toLowerCase() }),
    ...(eventId !== undefined && { eventId: eventId.toLowerCase() }),
    ...(workPool !== undefined && { workPool }),
    ...(tag !== undefined && { tags: tag }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  }
}

/** States are given by type (`RUNNING`) or by name (`TimedOut`). */
function statesIn(given: readonly string[] | undefined): Pick<RunFilter, 'states' | 'stateNames'> {
  if (given === undefined) return {}
  const types: RunStateType[] = []
  const names: string[] = []
  for (const state of given) {
    const type = runStateTypeSchema.safeParse(state)
    if (type.success) types.push(type.data)
    else names.push(state)
  }
  return { ...(types.length > 0 && { states: types }), ...(names.length > 0 && { stateNames: names }) }
}
