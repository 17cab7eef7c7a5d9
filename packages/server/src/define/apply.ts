import type { Problem } from '@upon/engine'
import type { ApplyChange, ParsedApply } from '@upon/sdk'
import { invalid, UserError } from '../lib/user-error.ts'
import type { AutomationRow } from '../store/automation-table.ts'
import type { Tables } from '../store/store.ts'
import { documentDiff } from './automation-document.ts'
import { automationProblems, warningsOf } from './check-automation.ts'
import type { DefineContext } from './define-context.ts'
import type { Saved, Scope } from './define-service.ts'
import { commitUnlessDry } from './dry-run.ts'
import { removeAutomation, saveAutomation } from './save-automation.ts'

/** Brings the automations nothing owns to what the documents say, in one transaction: all of it or nothing. */
export async function apply(
  context: DefineContext,
  scope: Scope,
  request: ParsedApply,
): Promise<readonly ApplyChange[]> {
  await checkDocuments(context, scope, request)
  return commitUnlessDry(context, request.dry_run, (tx) => applyInside(tx, context, scope, request))
}

/** Throws `invalid` with every problem of every document, each with the document's place. */
async function checkDocuments({ store, renderer }: DefineContext, scope: Scope, request: ParsedApply): Promise<void> {
  const problems: Problem[] = []
  const automations = new Set<string>()
  for (const [index, { key }] of request.documents.entries()) {
    if (automations.has(key)) {
      const message = `another document has the key "${key}", too`
      problems.push({ path: `documents[${index}].key`, message, found: key })
    }
    automations.add(key)
  }
  for (const [index, document] of request.documents.entries()) {
    const found = await automationProblems(document, store.read, renderer, { project: scope.project, automations })
    problems.push(...found.map((problem) => ({ ...problem, path: `documents[${index}].${problem.path}` })))
  }
  if (problems.length > 0) throw invalid('the automations are not valid', problems)
}

async function applyInside(tx: Tables, context: DefineContext, scope: Scope, request: ParsedApply) {
  const changes: ApplyChange[] = []
  const sequences: (number | null)[] = []
  const note = (change: Omit<ApplyChange, 'kind'>, sequence: number | null) => {
    changes.push({ kind: 'automation', ...change })
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
    note({ key: input.key, ...changeOf(saved, existing) }, saved.sequence)
  }
  if (request.prune) {
    const kept = new Set(request.documents.map((document) => document.key))
    for (const row of before.values()) {
      if (row.owner !== null || kept.has(row.key)) continue
      note({ key: row.key, change: 'removed' }, await removeAutomation(tx, scope, row, clock.now()))
    }
  }
  return { result: changes, sequences }
}

function changeOf(
  { row, change }: Saved<AutomationRow>,
  existing: AutomationRow | null,
): Omit<ApplyChange, 'kind' | 'key'> {
  const warnings = warningsOf(row)
  return {
    change,
    ...(existing !== null && change === 'updated' && { diff: [...documentDiff(existing, row)] }),
    ...(warnings.length > 0 && { warnings: [...warnings] }),
  }
}
