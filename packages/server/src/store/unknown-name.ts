import { notFound, type UserError } from '../lib/user-error.ts'
import type { Tables } from './store.ts'

/** Enough names to find a typo in. */
const NAMES_COMPARED_MAX = 200

const LISTS = {
  automation: 'GET /api/v1/automations lists them',
  deployment: 'GET /api/v1/deployments lists them',
  'work pool': 'GET /api/v1/work-pools lists them',
} as const
type Named = keyof typeof LISTS
type Names = Pick<Tables, 'automations' | 'deployments' | 'workPools'>

/** The error of a reference that names nothing, with what was perhaps meant. */
export async function unknownName(tables: Names, project: string, kind: Named, reference: string): Promise<UserError> {
  return notFound(kind, reference, LISTS[kind], await namesOf(tables, project, kind))
}

/** Names that somebody who mistyped one may have meant. */
export async function namesOf(tables: Names, project: string, kind: Named): Promise<readonly string[]> {
  const page = { limit: NAMES_COMPARED_MAX, cursor: null }
  if (kind === 'automation') return (await tables.automations.list({ project }, page)).items.map((row) => row.key)
  if (kind === 'work pool') return (await tables.workPools.list(project)).map((row) => row.name)
  return (await tables.deployments.list({ project }, page)).items.map((row) => `${row.flowName}/${row.name}`)
}
