import { type Json, SECOND, suggest } from '@upon/engine'
import { fileFormats, fileSchema, type Health, isFileFormat, openApi, routes } from '@upon/sdk'
import { LAG_MAX_US } from '../../decide/decider.ts'
import { notFound } from '../../lib/user-error.ts'
import { projectJson } from '../../present/variable-json.ts'
import { contentAnswer } from '../answer.ts'
import type { ApiDeps } from '../deps.ts'
import { pageJson, pageOfAll } from '../list-page.ts'
import { created, type HandlersOf, ok } from '../route-handler.ts'

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** What concerns the whole server. */
export function serverHandlers(
  deps: ApiDeps,
  document: () => Record<string, Json>,
): HandlersOf<'getInfo' | 'getOpenApi' | 'getSchema' | 'health' | 'ready' | 'metrics'> {
  return {
    getInfo: () => ok(deps.info()),
    getOpenApi: () => ok(document()),
    getSchema({ params }) {
      const name = params.schema.replace(/\.json$/, '')
      if (isFileFormat(name)) return ok(fileSchema(name, `${deps.info().url}/api/v1/schemas/${name}.json`))
      const known = Object.keys(fileFormats)
      const meant = suggest(name, known)
      throw notFound(
        'schema',
        params.schema,
        meant === undefined ? `there are ${known.join(', ')}` : `did you mean "${meant}"?`,
      )
    },
    health: () => ok({ ok: true, checks: [] }),
    async ready() {
      const checks = [await storeCheck(deps), deciderCheck(deps), runningCheck(deps)]
      const health: Health = { ok: checks.every((check) => check.ok), checks }
      return health.ok ? ok(health) : { status: 503, body: health }
    },
    metrics: async () => contentAnswer(await deps.metrics.text(), METRICS_TYPE, { 'cache-control': 'no-store' }),
  }
}

export function projectHandlers({
  store,
  define,
}: Pick<ApiDeps, 'store' | 'define'>): HandlersOf<'listProjects' | 'createProject' | 'getProject'> {
  return {
    async listProjects({ query }) {
      return ok(
        pageJson(
          pageOfAll(await store.read.projects.list(), query, ({ key }) => key),
          projectJson,
        ),
      )
    },
    createProject: async ({ body, actor }) => created(projectJson(await define.createProject(actor, body))),
    async getProject({ params }) {
      const row = await store.read.projects.find(params.project)
      if (row === null) throw notFound('project', params.project, 'GET /api/v1/projects lists them')
      return ok(projectJson(row))
    },
  }
}

/** Gives the document of every route, made once: it takes as long as a thousand requests. */
export function openApiDocument({ info }: Pick<ApiDeps, 'info'>): () => Record<string, Json> {
  let made: Record<string, Json> | null = null
  return () => {
    const { version, url } = info()
    made ??= JSON.parse(JSON.stringify(openApi(routes, { version, serverUrl: url })))
    return made ?? {}
  }
}

type Check = Health['checks'][number]

async function storeCheck({ store }: ApiDeps): Promise<Check> {
  try {
    await store.healthy()
    return { name: 'store', ok: true, detail: 'takes writes' }
  } catch (error) {
    return { name: 'store', ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

function deciderCheck({ decider }: ApiDeps): Check {
  const lag = decider.lag()
  const detail = lag === 0 ? 'everything recorded is decided' : `${(lag / SECOND).toFixed(1)} s behind`
  return { name: 'decide', ok: lag <= LAG_MAX_US, detail }
}

function runningCheck({ stopping }: ApiDeps): Check {
  return { name: 'server', ok: !stopping.aborted, detail: stopping.aborted ? 'is stopping' : 'takes requests' }
}
