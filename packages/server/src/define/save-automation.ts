import { isDeepStrictEqual } from 'node:util'
import { compileTrigger, type JsonObject, parseTrigger } from '@upon/engine'
import { NAME_CHARS_MAX, type ParsedAutomation, slugOf } from '@upon/sdk'
import { invalid, UserError } from '../lib/user-error.ts'
import type { AutomationDefinition, AutomationRow } from '../store/automation-table.ts'
import type { Tables } from '../store/store.ts'
import type { Saved, Scope } from './define-service.ts'

export interface SaveAutomation {
  readonly scope: Scope
  readonly input: ParsedAutomation
  /** The automation to replace; null creates one. */
  readonly existing: AutomationRow | null
  readonly owner: string | null
  readonly now: number
  readonly newId: () => string
}

export interface SavedAutomation extends Saved<AutomationRow> {
  /** The raised entry that puts it in force; null when nothing changed. */
  readonly sequence: number | null
}

/** Writes an automation as a new immutable version, unless it says what the stored one says already. */
export async function saveAutomation(tx: Tables, save: SaveAutomation): Promise<SavedAutomation> {
  const { scope, existing, now } = save
  const row = await nextRow(tx, save)
  if (existing !== null && sameAutomation(existing, row)) return { row: existing, change: 'unchanged', sequence: null }
  const change = existing === null ? 'created' : 'updated'
  await tx.automations.save(row, scope.actor)
  await tx.audit.add({
    at: now,
    project: scope.project,
    actor: scope.actor,
    action: `automation.${change}`,
    target: row.id,
    detail: { key: row.key, version: row.version },
  })
  const [sequence] = await tx.raised.add([
    { kind: 'automation', project: scope.project, automationId: row.id, version: row.version },
  ])
  return { row, change, sequence: sequence ?? null }
}

/** Removes an automation; its versions stay for the launches that name them. Returns its raised entry. */
export async function removeAutomation(
  tx: Tables,
  scope: Scope,
  row: AutomationRow,
  now: number,
): Promise<number | null> {
  await tx.automations.remove(scope.project, row.id)
  await tx.audit.add({
    at: now,
    project: scope.project,
    actor: scope.actor,
    action: 'automation.removed',
    target: row.id,
    detail: { key: row.key, version: row.version },
  })
  const [sequence] = await tx.raised.add([
    { kind: 'automation', project: scope.project, automationId: row.id, version: null },
  ])
  return sequence ?? null
}

async function nextRow(
  tx: Tables,
  { scope, input, existing, owner, now, newId }: SaveAutomation,
): Promise<AutomationRow> {
  const trigger = parseTrigger(input.trigger)
  if (!trigger.ok) throw invalid('the trigger is not valid', trigger.problems.map(inside('trigger')))
  const id = existing?.id ?? newId()
  const key = await keyFor(tx, scope, input, existing)
  const version = (existing?.version ?? 0) + 1
  const order = existing?.order ?? (await tx.automations.nextOrder())
  const definition: AutomationDefinition = {
    trigger: asJson(trigger.value),
    conditions: [],
    actions: input.actions.map(asJson),
    actions_on_trigger: input.actions_on_trigger.map(asJson),
    actions_on_resolve: input.actions_on_resolve.map(asJson),
  }
  const { project } = scope
  const { enabled } = input
  return {
    id,
    project,
    key,
    version,
    order,
    owner,
    enabled,
    name: input.name ?? key,
    description: input.description,
    tags: input.tags,
    definition,
    engine: { id, project, key, version, order, owner, enabled, trigger: compileTrigger(trigger.value) },
    created: existing?.created ?? now,
    updated: now,
  }
}

/** A given key is taken as it is; one made from a name gives way to keys that exist. */
async function keyFor(
  tx: Tables,
  scope: Scope,
  input: ParsedAutomation,
  existing: AutomationRow | null,
): Promise<string> {
  const taken = async (key: string) => {
    const [other] = await tx.automations.all({ project: scope.project, keys: [key] })
    return other !== undefined && other.id !== existing?.id
  }
  if (input.key !== undefined) {
    if (await taken(input.key)) throw new UserError('conflict', `an automation with the key "${input.key}" exists`)
    return input.key
  }
  if (existing !== null) return existing.key
  const base = slugOf(input.name ?? '') || 'automation'
  for (let attempt = 1; ; attempt += 1) {
    const key = numbered(base, attempt)
    if (!(await taken(key))) return key
  }
}

/** `base`, then `base-2`, `base-3` and so on, never longer than a key may be. */
export function numbered(base: string, attempt: number): string {
  const suffix = attempt === 1 ? '' : `-${attempt}`
  return base.slice(0, NAME_CHARS_MAX - suffix.length) + suffix
}

/** Whatever the order of their members. */
function sameAutomation(a: AutomationRow, b: AutomationRow): boolean {
  const told = (row: AutomationRow) =>
    [row.key, row.name, row.description, row.tags, row.enabled, row.owner, row.definition] as const
  return isDeepStrictEqual(told(a), told(b))
}

const inside =
  (root: string) =>
  <P extends { path: string }>(problem: P): P => ({
    ...problem,
    path: problem.path === '' ? root : `${root}.${problem.path}`,
  })

/** What the contract parsed, as plain JSON: `undefined` members are left out, so equal things are written equally. */
function asJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value))
}
