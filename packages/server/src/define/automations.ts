import type { ApplyChange, AutomationDocument, Change, ParsedApply, ParsedAutomation } from '@upon/sdk'
import { notFound, UserError } from '../lib/user-error.ts'
import type { AutomationRow } from '../store/automation-table.ts'
import type { Tables } from '../store/store.ts'
import { automationDocument, documentDiff } from './automation-document.ts'
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
        const existing = await tx.automations.find(scope.project, reference)
        if (existing === null && input.key !== reference) throw notFound('automation', reference)
        if (existing !== null) checkVersion(existing, match)
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

    async apply(scope, request) {
      const automations = new Set(request.documents.map((document) => document.key))
      for (const [index, document] of request.documents.entries()) {
        await checkAutomation(document, store.read, renderer, { project: scope.project, automations }).catch(
          (error: unknown) => {
            throw inDocument(error, index)
          },
        )
      }
      return applyAll(context, scope, request)
    },

    async exportAll(scope) {
      const rows = await store.read.automations.all({ project: scope.project })
      return rows.filter((row) => row.owner === null).map(automationDocument)
    },
  }
}

/** The same error with its problems placed in one document of the request. */
function inDocument(error: unknown, index: number): unknown {
  if (!(error instanceof UserError)) return error
  const problems = error.problems.map((problem) => ({ ...problem, path: `documents[${index}].${problem.path}` }))
  return new UserError(error.code, error.message, problems)
}

export async function findAutomation(tables: Tables, scope: Scope, reference: string): Promise<AutomationRow> {
  const row = await tables.automations.find(scope.project, reference)
  if (row === null) throw notFound('automation', reference)
  return row
}

function checkVersion(row: AutomationRow, { ifMatch }: IfMatch): void {
  if (ifMatch === undefined || ifMatch === row.version) return
  throw new UserError(
    'precondition_failed',
    `automation "${row.key}" is at version ${row.version}, not ${ifMatch}: read it again, then change it`,
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

/** Thrown to leave a dry run's transaction without a trace. */
class DryRun extends Error {
  override readonly name = 'DryRun'
  readonly changes: readonly ApplyChange[]
  constructor(changes: readonly ApplyChange[]) {
    super('dry run')
    this.changes = changes
  }
}

async function applyAll(context: DefineContext, scope: Scope, request: ParsedApply): Promise<readonly ApplyChange[]> {
  try {
    return await context.commit(async (tx) => {
      const { changes, sequences } = await applyInside(tx, context, scope, request)
      if (request.dry_run) throw new DryRun(changes)
      return { result: changes, sequences }
    })
  } catch (error) {
    if (error instanceof DryRun) return error.changes
    throw error
  }
}

async function applyInside(tx: Tables, context: DefineContext, scope: Scope, request: ParsedApply) {
  const changes: ApplyChange[] = []
  const sequences: (number | null)[] = []
  const note = (key: string, change: Change, sequence: number | null, diff?: ApplyChange['diff']) => {
    changes.push({ kind: 'automation', key, change, ...(diff === undefined ? {} : { diff }) })
    sequences.push(sequence)
  }
  const { clock, newId } = context
  const before = new Map((await tx.automations.all({ project: scope.project })).map((row) => [row.key, row]))
  for (const input of request.documents) {
    const existing = before.get(input.key) ?? null
    if (existing !== null && existing.owner !== null) {
      const message = `automation "${input.key}" belongs to ${existing.owner}; change what owns it, or choose another key`
      throw new UserError('conflict', message)
    }
    const saved = await saveAutomation(tx, { scope, input, existing, owner: null, now: clock.now(), newId })
    const diff = existing !== null && saved.change === 'updated' ? documentDiff(existing, saved.row) : undefined
    note(input.key, saved.change, saved.sequence, diff)
  }
  if (request.prune) {
    const kept = new Set(request.documents.map((document) => document.key))
    for (const row of before.values()) {
      if (row.owner !== null || kept.has(row.key)) continue
      note(row.key, 'removed', await removeAutomation(tx, scope, row, clock.now()))
    }
  }
  return { changes, sequences }
}
