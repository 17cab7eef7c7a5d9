import type { z } from 'zod'
import { idSchema, nameSchema } from './scalar.ts'

/** The ways an action may name the object it acts on. */

export const deploymentTarget = {
  deployment: nameSchema.nullish().describe('The deployment: `flow/name`, key or id.'),
  deployment_id: idSchema.nullish().describe('The deployment, by id.'),
}

export const automationTarget = {
  automation: nameSchema.nullish().describe('The automation: key, name or id.'),
  automation_id: idSchema.nullish().describe('The automation, by id.'),
}

type Kind = 'deployment' | 'automation'
type Target = { source: 'selected' | 'inferred' } & { [K in Kind | `${Kind}_id`]?: string | null | undefined }

/** Checks that `selected` comes with exactly one target and `inferred` with none. */
export function selectedOrInferred(kind: Kind) {
  return (action: Target, context: z.core.$RefinementCtx): void => {
    const idField = `${kind}_id` as const
    const given = [kind, idField].filter((field) => action[field as keyof Target] != null)
    const report = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (action.source === 'inferred') {
      for (const field of given) report(field, `${field} is not allowed when source is "inferred"`)
      return
    }
    if (given.length === 0) report(idField, `${idField} is required (or "${kind}") when source is "selected"`)
    if (given.length === 2) report(idField, `give "${kind}" or "${idField}", not both`)
  }
}

/** What a selected action acts on, however it was named; null when it is inferred. */
export function targetOf(action: Target, kind: Kind): string | null {
  return action[`${kind}_id`] ?? action[kind] ?? null
}
