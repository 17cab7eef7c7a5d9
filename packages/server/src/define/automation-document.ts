import { isDeepStrictEqual } from 'node:util'
import type { Json } from '@upon/engine'
import { type ApplyChange, type AutomationDocument, actionsSchema, triggerSchema } from '@upon/sdk'
import type { AutomationRow } from '../store/automation-table.ts'

/** An automation as files hold it: what people decide, without ids and times. */
export function automationDocument(row: AutomationRow): AutomationDocument {
  const { definition } = row
  return {
    key: row.key,
    name: row.name,
    description: row.description,
    tags: [...row.tags],
    enabled: row.enabled,
    trigger: triggerSchema.parse(definition.trigger),
    conditions: [],
    actions: actionsSchema.parse(definition.actions),
    actions_on_trigger: actionsSchema.parse(definition.actions_on_trigger),
    actions_on_resolve: actionsSchema.parse(definition.actions_on_resolve),
  }
}

/** Where two versions of an automation differ, leaf by leaf. */
export function documentDiff(before: AutomationRow, after: AutomationRow): NonNullable<ApplyChange['diff']> {
  return differences(asJson(automationDocument(before)), asJson(automationDocument(after)), '')
}

function differences(from: Json | undefined, to: Json | undefined, path: string): NonNullable<ApplyChange['diff']> {
  if (isDeepStrictEqual(from, to)) return []
  if (isObject(from) && isObject(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
    return keys.flatMap((key) => differences(from[key], to[key], path === '' ? key : `${path}.${key}`))
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((item, index) => differences(item, to[index], `${path}[${index}]`))
  }
  return [{ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }]
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const asJson = (document: AutomationDocument): Json => JSON.parse(JSON.stringify(document))
