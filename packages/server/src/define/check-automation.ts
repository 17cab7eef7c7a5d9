import { type Json, type JsonObject, lintLoop, lintTrigger, type Problem, parseTrigger } from '@upon/engine'
import { type Action, nearest, type ParsedAutomation, targetOf, type Warning } from '@upon/sdk'
import { checkParameters } from '../act/template/parameters.ts'
import type { Renderer } from '../act/template/renderer.ts'
import { invalid } from '../lib/user-error.ts'
import type { AutomationRow } from '../store/automation-table.ts'
import type { Tables } from '../store/store.ts'
import { namesOf } from '../store/unknown-name.ts'

/** Characters of a wrong template that are shown. */
const FOUND_CHARS_MAX = 200

const LISTS = ['actions', 'actions_on_trigger', 'actions_on_resolve'] as const

export interface AutomationCheck {
  readonly project: string
  /** Automations made by the same request, by key: they may be named before they exist. */
  readonly automations?: ReadonlySet<string>
}

type Checked = Pick<ParsedAutomation, (typeof LISTS)[number]>

/** Checks what the contract's schema cannot: templates and the objects actions name. Throws `invalid` with every problem. */
export async function checkAutomation(
  input: Checked,
  tables: Tables,
  renderer: Renderer,
  check: AutomationCheck,
): Promise<void> {
  const problems = await automationProblems(input, tables, renderer, check)
  if (problems.length > 0) throw invalid('the automation is not valid', problems)
}

/** What `checkAutomation` finds. */
export async function automationProblems(
  input: Checked,
  tables: Tables,
  renderer: Renderer,
  check: AutomationCheck,
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const list of LISTS) {
    for (const [index, action] of input[list].entries()) {
      const path = `${list}[${index}]`
      problems.push(...templateProblems(action, path, renderer))
      problems.push(...(await targetProblems(action, path, tables, check)))
    }
  }
  return problems
}

function templateProblems(action: Action, path: string, renderer: Renderer): readonly Problem[] {
  if (action.type === 'run-deployment') {
    const problems = checkParameters(asObject(action.parameters ?? {}), renderer)
    return problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` }))
  }
  const texts = action.type === 'call-webhook' || action.type === 'emit-event' ? textsIn(action, path) : []
  const problems: Problem[] = []
  for (const { at, text } of texts) {
    const problem = renderer.check(text)
    if (problem === null) continue
    const message = `is not a valid template: line ${problem.line}, column ${problem.column}: ${problem.message}`
    problems.push({ path: at, message, found: text.slice(0, FOUND_CHARS_MAX) })
  }
  return problems
}

/** Every text of a value with its path, depth first. */
function textsIn(value: unknown, path: string): readonly { at: string; text: string }[] {
  if (typeof value === 'string') return [{ at: path, text: value }]
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, `${path}[${index}]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, `${path}.${key}`))
}

async function targetProblems(
  action: Action,
  path: string,
  tables: Tables,
  { project, automations }: AutomationCheck,
): Promise<readonly Problem[]> {
  if (!('source' in action) || action.source === 'inferred') return []
  const kind = action.type === 'pause-automation' || action.type === 'resume-automation' ? 'automation' : 'deployment'
  const reference = targetOf(action, kind)
  if (reference === null) return []
  const known =
    kind === 'deployment'
      ? (await tables.deployments.find(project, reference)) !== null
      : automations?.has(reference) || (await tables.automations.find(project, reference)) !== null
  if (known) return []
  const field = `${kind}_id` in action && action[`${kind}_id` as keyof typeof action] != null ? `${kind}_id` : kind
  const suggestion = nearest(reference, await namesOf(tables, project, kind))
  return [
    {
      path: `${path}.${field}`,
      message: `there is no ${kind} "${reference}"`,
      found: reference,
      ...(suggestion === null ? {} : { suggestion }),
    },
  ]
}

/** What is valid and probably not meant. */
export function warningsOf(row: Pick<AutomationRow, 'definition'>): readonly Warning[] {
  const trigger = parseTrigger(row.definition.trigger)
  if (!trigger.ok) return []
  const types = LISTS.flatMap((list) => row.definition[list].map((action) => String(action.type)))
  return [...lintTrigger(trigger.value), ...lintLoop(trigger.value, types)].map((lint) => ({
    code: lint.code,
    path: lint.path === '' ? 'trigger' : `trigger.${lint.path}`,
    message: lint.message,
  }))
}

function asObject(value: Readonly<Record<string, Json>>): JsonObject {
  return value
}
