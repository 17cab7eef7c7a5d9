import { isDeepStrictEqual } from 'node:util'
import { notFound, UserError } from '../lib/user-error.ts'
import type { Tables } from '../store/store.ts'
import type { VariableRow } from '../store/variable-table.ts'
import type { Committed, DefineContext } from './define-context.ts'
import type { DefineService, Saved, Scope } from './define-service.ts'

type Variables = Pick<DefineService, 'putVariable' | 'createVariable' | 'patchVariable' | 'removeVariable'>

/** The part of the define service that deals with variables. */
export function defineVariables({ clock, newId, commit }: DefineContext): Variables {
  async function save(
    tx: Tables,
    scope: Scope,
    existing: VariableRow | null,
    input: Pick<VariableRow, 'name' | 'value' | 'tags'>,
  ): Promise<VariableRow> {
    const now = clock.now()
    const row: VariableRow = {
      id: existing?.id ?? newId(),
      project: scope.project,
      ...input,
      created: existing?.created ?? now,
      updated: now,
    }
    await tx.variables.save(row)
    await audit(tx, scope, existing === null ? 'variable.created' : 'variable.updated', row)
    return row
  }

  async function audit(tx: Tables, { project, actor }: Scope, action: string, row: VariableRow): Promise<void> {
    await tx.audit.add({ at: clock.now(), project, actor, action, target: row.id, detail: { name: row.name } })
  }

  return {
    putVariable: (scope, input) =>
      commit(async (tx): Promise<Committed<Saved<VariableRow>>> => {
        const existing = await tx.variables.find(scope.project, input.name)
        const same = existing !== null && isDeepStrictEqual([existing.value, existing.tags], [input.value, input.tags])
        if (same) return { result: { row: existing, change: 'unchanged' }, sequences: [] }
        const row = await save(tx, scope, existing, input)
        return {
          result: { row, change: existing === null ? 'created' : 'updated' },
          sequences: [],
        }
      }),

    createVariable: (scope, input) =>
      commit(async (tx) => {
        if ((await tx.variables.find(scope.project, input.name)) !== null) {
          throw new UserError('conflict', `a variable "${input.name}" exists`)
        }
        return { result: await save(tx, scope, null, input), sequences: [] }
      }),

    patchVariable: (scope, reference, patch) =>
      commit(async (tx) => {
        const existing = await tx.variables.find(scope.project, reference)
        if (existing === null) throw notFound('variable', reference)
        const value = patch.value === undefined ? existing.value : patch.value
        const row = await save(tx, scope, existing, { name: existing.name, value, tags: patch.tags ?? existing.tags })
        return { result: row, sequences: [] }
      }),

    removeVariable: (scope, reference) =>
      commit(async (tx) => {
        const existing = await tx.variables.find(scope.project, reference)
        if (existing === null) throw notFound('variable', reference)
        await tx.variables.remove(scope.project, existing.id)
        await audit(tx, scope, 'variable.removed', existing)
        return { result: undefined, sequences: [] }
      }),
  }
}
