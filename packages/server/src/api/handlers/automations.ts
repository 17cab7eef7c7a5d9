import type { AutomationsQuery } from '@upon/sdk'
import { notFound } from '../../lib/user-error.ts'
import type { AutomationFilter, AutomationRow } from '../../store/automation-table.ts'
import { unknownName } from '../../store/unknown-name.ts'
import type { ApiDeps } from '../deps.ts'
import { checkMatch, etag, ifMatch } from '../if-match.ts'
import { filteredPage, hasTags, pageJson, pageRequest } from '../list-page.ts'
import { created, gone, type HandlersOf, ok } from '../route-handler.ts'
import { scopeOf } from '../scope.ts'
import { automationJson } from './automation-json.ts'
import { windowsOf } from './automation-windows.ts'

type Deps = Pick<ApiDeps, 'store' | 'define' | 'clock'>

export function automationHandlers(
  deps: Deps,
): HandlersOf<
  | 'listAutomations'
  | 'countAutomations'
  | 'createAutomation'
  | 'getAutomation'
  | 'replaceAutomation'
  | 'updateAutomation'
  | 'deleteAutomation'
  | 'enableAutomation'
  | 'disableAutomation'
> {
  const { define, store } = deps
  const { automations } = store.read
  const show = (row: AutomationRow) => automationJson(row, define.warnings(row))
  const shown = (row: AutomationRow) => ok(show(row), etag(row.version))

  return {
    async listAutomations({ query, project }) {
      const { filter, keep } = await selection(deps, project.id, query)
      const page = await filteredPage(query, (wanted) => automations.list(filter, wanted), keep)
      return ok(pageJson(page, show))
    },
    async countAutomations({ query, project }) {
      const { filter, keep } = await selection(deps, project.id, query)
      return ok({ count: (await automations.all(filter)).filter(keep).length })
    },
    async createAutomation({ body, ...caller }) {
      const row = await define.createAutomation(scopeOf(caller), body)
      return created(show(row), etag(row.version))
    },
    getAutomation: async ({ params, project }) => shown(await findAutomation(deps, project.id, params.automation)),
    async replaceAutomation({ params, body, ...caller }) {
      const match = ifMatch(caller.header('if-match'))
      const { row } = await define.replaceAutomation(scopeOf(caller), params.automation, body, match)
      return shown(row)
    },
    async updateAutomation({ params, body, ...caller }) {
      const match = ifMatch(caller.header('if-match'))
      return shown(await define.patchAutomation(scopeOf(caller), params.automation, body, match))
    },
    async deleteAutomation({ params, ...caller }) {
      const match = ifMatch(caller.header('if-match'))
      if (match.ifMatch !== undefined) {
        const row = await findAutomation(deps, caller.project.id, params.automation)
        checkMatch(`automation "${row.key}"`, row.version, match)
      }
      await define.removeAutomation(scopeOf(caller), params.automation)
      return gone
    },
    enableAutomation: async ({ params, ...caller }) =>
      shown(await define.patchAutomation(scopeOf(caller), params.automation, { enabled: true }, {})),
    disableAutomation: async ({ params, ...caller }) =>
      shown(await define.patchAutomation(scopeOf(caller), params.automation, { enabled: false }, {})),
  }
}

/** Versions, progress, and automations as files. */
export function automationHistoryHandlers(
  deps: Deps,
): HandlersOf<
  'listAutomationVersions' | 'getAutomationVersion' | 'listAutomationWindows' | 'applyDocuments' | 'exportDocuments'
> {
  const { define, store } = deps
  const { automations } = store.read
  const show = (row: AutomationRow) => automationJson(row, define.warnings(row))

  return {
    async listAutomationVersions({ params, query, project }) {
      const { id } = await findAutomation(deps, project.id, params.automation)
      return ok(pageJson(await automations.versions(project.id, id, pageRequest(query)), show))
    },
    async getAutomationVersion({ params, project }) {
      const { id, key } = await findAutomation(deps, project.id, params.automation)
      const row = await automations.version(project.id, id, Number(params.version))
      if (row === null) throw notFound('version', params.version, `of automation "${key}"`)
      return ok(show(row))
    },
    async listAutomationWindows({ params, query, project }) {
      const row = await findAutomation(deps, project.id, params.automation)
      return ok(await windowsOf(deps, row, query))
    },
    applyDocuments: async ({ body, ...caller }) => ok({ changes: [...(await define.apply(scopeOf(caller), body))] }),
    exportDocuments: async (caller) => ok([...(await define.exportAll(scopeOf(caller)))]),
  }
}

export async function findAutomation(
  { store }: Pick<ApiDeps, 'store'>,
  project: string,
  reference: string,
): Promise<AutomationRow> {
  const row = await store.read.automations.find(project, reference)
  if (row === null) throw await unknownName(store.read, project, 'automation', reference)
  return row
}

interface Selection {
  readonly filter: AutomationFilter
  /** What the store's filter does not know. */
  readonly keep: (row: AutomationRow) => boolean
}

async function selection({ store }: Deps, project: string, query: Partial<AutomationsQuery>): Promise<Selection> {
  const { key, name, tag, enabled, owner } = query
  const deployment = query.deployment === undefined ? null : await deploymentOf(store, project, query.deployment)
  const filter: AutomationFilter = {
    project,
    ...(key !== undefined && { keys: key }),
    ...(enabled !== undefined && { enabled }),
    ...(owner !== undefined && { owner }),
  }
  return {
    filter,
    keep: (row) =>
      hasTags(row.tags, tag) &&
      (name === undefined || name.includes(row.name)) &&
      (deployment === null || isAbout(row, deployment)),
  }
}

interface DeploymentNames {
  readonly id: string
  readonly names: readonly string[]
}

async function deploymentOf(store: Deps['store'], project: string, reference: string): Promise<DeploymentNames> {
  const row = await store.read.deployments.find(project, reference)
  if (row === null) throw notFound('deployment', reference)
  return { id: row.id, names: [row.id, row.key, `${row.flowName}/${row.name}`] }
}

/** Owned by the deployment, or running it. */
function isAbout({ owner, definition }: AutomationRow, { id, names }: DeploymentNames): boolean {
  if (owner === `prefect.deployment.${id}`) return true
  const actions = [...definition.actions, ...definition.actions_on_trigger, ...definition.actions_on_resolve]
  return actions.some(
    (action) =>
      action.type === 'run-deployment' &&
      [action.deployment, action.deployment_id].some((named) => typeof named === 'string' && names.includes(named)),
  )
}
