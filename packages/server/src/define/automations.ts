import type { AutomationDocument, ParsedAutomation } from '@upon/sdk'
import { notFound, UserError } from '../lib/user-error.ts'
import type { AutomationRow } from '../store/automation-table.ts'
import type { Tables } from '../store/store.ts'
import { unknownName } from '../store/unknown-name.ts'
import { apply } from './apply.ts'
import { automationDocument } from './automation-document.ts'
import { checkAutomation, warningsOf } from './check-automation.ts'
import type { DefineContext } from './define-context.ts'
import type { AutomationPatchInput, DefineService, IfMatch, Scope } from './define-service.ts'
import { removeAutomation, type SavedAutomation, saveAutomation } from './save-automation.ts'

type Automations = Pick<
  DefineService,
  'createAutomation' | 'replaceAutomation' | 'patchAutomation' | 'removeAutomation' | 'warnings' | 'apply' | 'exportAll'
>

/** The part of the define service that deals with automations. */
export function defineAutomations(context: DefineContext): Automations {
  const { store, renderer, clock, newId, commit } = context

  /** An automation may name itself before it exists. */
  const check = (scope: Scope, input: ParsedAutomation) =>
    checkAutomation(input, store.read, renderer, {
      project: scope.project,
      automations: new Set(input.key === undefined ? [] : [input.key]),
    })

  async function save(
    tx: Tables,
    scope: Scope,
    input: ParsedAutomation,
    existing: AutomationRow | null,
  ): Promise<SavedAutomation> {
    const owner = input.owner_resource === undefined ? (existing?.owner ?? null) : input.owner_resource
    return saveAutomation(tx, { scope, input, existing, owner, now: clock.now(), newId })
  }

  return {
    async createAutomation(scope, input) {
      await check(scope, input)
      const saved = await commit(async (tx) => {
        const result = await save(tx, scope, input, null)
        return { result, sequences: [result.sequence] }
      })
      return saved.row
    },

    async replaceAutomation(scope, reference, input, match) {
      await check(scope, input)
      return commit(async (tx) => {
        const existing = await replacedBy(tx, scope, reference, input)
        if (existing === null && input.key !== reference) throw notFound('automation', reference)
        checkVersion(existing ?? { key: reference, version: 0 }, match)
        const result = await save(tx, scope, { ...input, key: input.key ?? existing?.key }, existing)
        return { result: { row: result.row, change: result.change }, sequences: [result.sequence] }
      })
    },

    async patchAutomation(scope, reference, patch, match) {
      return commit(async (tx) => {
        const existing = await findAutomation(tx, scope, reference)
        checkVersion(existing, match)
        const result = await save(tx, scope, patched(existing, patch), existing)
        return { result: result.row, sequences: [result.sequence] }
      })
    },

    async removeAutomation(scope, reference) {
      await commit(async (tx) => {
        const existing = await findAutomation(tx, scope, reference)
        return { result: null, sequences: [await removeAutomation(tx, scope, existing, clock.now())] }
      })
    },

    warnings: warningsOf,

    apply: (scope, request) => apply(context, scope, request),

    async exportAll(scope) {
      const rows = await store.read.automations.all({ project: scope.project })
      return rows
        .filter((row) => row.owner === null)
        .map(automationDocument)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
    },
  }
}

export async function findAutomation(tables: Tables, scope: Scope, reference: string): Promise<AutomationRow> {
  const row = await tables.automations.find(scope.project, reference)
  if (row === null) throw await unknownName(tables, scope.project, 'automation', reference)
  return row
}

/** What a replacement replaces. A key that is free is taken, also where another automation has it as its name. */
async function replacedBy(
  tx: Tables,
  scope: Scope,
  reference: string,
  input: ParsedAutomation,
): Promise<AutomationRow | null> {
  const found = await tx.automations.find(scope.project, reference)
  if (found === null || found.id === reference || found.key === reference) return found
  return input.key === reference ? null : found
}

function checkVersion({ key, version }: Pick<AutomationRow, 'key' | 'version'>, { ifMatch }: IfMatch): void {
  if (ifMatch === undefined || ifMatch === version) return
  const is = version === 0 ? 'does not exist' : `is at version ${version}`
  throw new UserError(
    'precondition_failed',
    `automation "${key}" ${is}, not at ${ifMatch}: read it again, then change it`,
  )
}

/** A stored automation with some members changed, as the save takes it. */
function patched(row: AutomationRow, patch: AutomationPatchInput): ParsedAutomation {
  const document: AutomationDocument = automationDocument(row)
  return {
    ...document,
    conditions: [],
    enabled: patch.enabled ?? document.enabled,
    name: patch.name ?? document.name,
    description: patch.description ?? document.description,
    tags: [...(patch.tags ?? document.tags)],
  }
}
