import { validate } from '@upon/engine'
import { variableInputSchema } from '@upon/sdk'
import { notFound } from '../../lib/user-error.ts'
import { variableJson } from '../../present/variable-json.ts'
import type { ApiDeps } from '../deps.ts'
import { invalidPart } from '../invalid-part.ts'
import { filteredPage, hasTags, pageJson } from '../list-page.ts'
import { created, gone, type HandlersOf, ok } from '../route-handler.ts'
import { scopeOf } from '../scope.ts'

export function variableHandlers({
  store,
  define,
}: Pick<ApiDeps, 'store' | 'define'>): HandlersOf<
  'listVariables' | 'createVariable' | 'getVariable' | 'putVariable' | 'updateVariable' | 'deleteVariable'
> {
  const { variables } = store.read
  return {
    async listVariables({ query, project }) {
      const page = await filteredPage(
        query,
        (wanted) => variables.list(project.id, wanted),
        ({ tags }) => hasTags(tags, query.tag),
      )
      return ok(pageJson(page, variableJson))
    },
    createVariable: async ({ body, ...caller }) =>
      created(variableJson(await define.createVariable(scopeOf(caller), body))),
    async getVariable({ params, project }) {
      const row = await variables.find(project.id, params.variable)
      if (row === null) throw notFound('variable', params.variable, 'GET /api/v1/variables lists them')
      return ok(variableJson(row))
    },
    async putVariable({ params, body, ...caller }) {
      const existing = await variables.find(caller.project.id, params.variable)
      const variable = { ...body, name: existing?.name ?? params.variable }
      const checked = validate(variableInputSchema, variable)
      if (!checked.ok) throw invalidPart('the path', checked.problems)
      const { row, change } = await define.putVariable(scopeOf(caller), variable)
      return change === 'created' ? created(variableJson(row)) : ok(variableJson(row))
    },
    updateVariable: async ({ params, body, ...caller }) =>
      ok(variableJson(await define.patchVariable(scopeOf(caller), params.variable, body))),
    async deleteVariable({ params, ...caller }) {
      await define.removeVariable(scopeOf(caller), params.variable)
      return gone
    },
  }
}
