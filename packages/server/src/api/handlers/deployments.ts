import type { DeploymentsQuery } from '@upon/sdk'
import { notFound } from '../../lib/user-error.ts'
import { deploymentJson, flowJson } from '../../present/deployment-json.ts'
import type { DeploymentFilter, DeploymentRow } from '../../store/deployment-table.ts'
import { unknownName } from '../../store/unknown-name.ts'
import type { ApiDeps } from '../deps.ts'
import { checkMatch, etag, ifMatch } from '../if-match.ts'
import { filteredPage, hasTags, pageJson } from '../list-page.ts'
import { created, gone, type HandlersOf, ok } from '../route-handler.ts'
import { scopeOf } from '../scope.ts'
import { automationJson } from './automation-json.ts'

type Deps = Pick<ApiDeps, 'store' | 'define'>

export function deploymentHandlers(
  deps: Deps,
): HandlersOf<
  | 'listDeployments'
  | 'putDeployment'
  | 'getDeployment'
  | 'updateDeployment'
  | 'deleteDeployment'
  | 'pauseDeployment'
  | 'resumeDeployment'
> {
  const { define, store } = deps
  const { deployments } = store.read
  const shown = (row: DeploymentRow) => ok(deploymentJson(row), etag(row.revision))

  return {
    async listDeployments({ query, project }) {
      const { filter, keep } = selection(project.id, query)
      const page = await filteredPage(query, (wanted) => deployments.list(filter, wanted), keep)
      return ok(pageJson(page, deploymentJson))
    },
    async putDeployment({ body, ...caller }) {
      const match = ifMatch(caller.header('if-match'))
      const { row, change } = await define.putDeployment(scopeOf(caller), body, match)
      return change === 'created' ? created(deploymentJson(row), etag(row.revision)) : shown(row)
    },
    getDeployment: async ({ params, project }) => shown(await findDeployment(deps, project.id, params.deployment)),
    async updateDeployment({ params, body, ...caller }) {
      const match = ifMatch(caller.header('if-match'))
      return shown(await define.patchDeployment(scopeOf(caller), params.deployment, body, match))
    },
    async deleteDeployment({ params, ...caller }) {
      const match = ifMatch(caller.header('if-match'))
      if (match.ifMatch !== undefined) {
        const row = await findDeployment(deps, caller.project.id, params.deployment)
        checkMatch(`deployment "${row.flowName}/${row.name}"`, row.revision, match)
      }
      await define.removeDeployment(scopeOf(caller), params.deployment)
      return gone
    },
    pauseDeployment: async ({ params, ...caller }) =>
      shown(await define.patchDeployment(scopeOf(caller), params.deployment, { paused: true }, {})),
    resumeDeployment: async ({ params, ...caller }) =>
      shown(await define.patchDeployment(scopeOf(caller), params.deployment, { paused: false }, {})),
  }
}

/** Flows, and deploying a whole file. */
export function deployHandlers(deps: Deps): HandlersOf<'listFlows' | 'getFlow' | 'deploy'> {
  const { define, store } = deps
  const { deployments } = store.read
  return {
    async listFlows({ query, project }) {
      const names = query.name
      const page = await filteredPage(
        query,
        (wanted) => deployments.listFlows(project.id, wanted),
        ({ name }) => names === undefined || names.includes(name),
      )
      return ok(pageJson(page, flowJson))
    },
    async getFlow({ params, project }) {
      const flow = await deployments.findFlow(project.id, params.flow)
      if (flow === null) throw notFound('flow', params.flow, 'GET /api/v1/flows lists them')
      return ok(flowJson(flow))
    },
    async deploy({ body, ...caller }) {
      const report = await define.deploy(scopeOf(caller), body)
      return ok({
        deployments: report.deployments.map(({ row, change }) => ({ deployment: deploymentJson(row), change })),
        work_pools: report.workPools.map((pool) => ({ ...pool })),
        work_queues: report.workQueues.map(({ workPool: work_pool, ...queue }) => ({ ...queue, work_pool })),
        automations: report.automations.map(({ row, change, deployment }) => ({
          automation: automationJson(row, define.warnings(row)),
          change,
          deployment,
        })),
        warnings: [...report.warnings],
      })
    },
  }
}

export async function findDeployment(
  { store }: Pick<ApiDeps, 'store'>,
  project: string,
  reference: string,
): Promise<DeploymentRow> {
  const row = await store.read.deployments.find(project, reference)
  if (row === null) throw await unknownName(store.read, project, 'deployment', reference)
  return row
}

function selection(
  project: string,
  query: DeploymentsQuery,
): { filter: DeploymentFilter; keep: (row: DeploymentRow) => boolean } {
  const { name: names, flow, tag, work_pool: workPool, paused } = query
  return {
    filter: {
      project,
      ...(flow !== undefined && { flow }),
      ...(workPool !== undefined && { workPool }),
      ...(paused !== undefined && { paused }),
    },
    keep: (row) =>
      hasTags(row.tags, tag) &&
      (names === undefined || names.includes(row.name) || names.includes(`${row.flowName}/${row.name}`)),
  }
}
