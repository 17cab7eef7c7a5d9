import { isJsonObject, type JsonObject, type Problem, validate } from '@upon/engine'
import { deploymentInputSchema } from '@upon/sdk'
import type { LocatedProblem } from '../located-problem.ts'
import type { SourceDocument } from '../source-document.ts'
import { checkEntrypoint } from './check-entrypoint.ts'
import { fieldsOf } from './deployment-fields.ts'
import { type DeploymentEntry, deploymentEntrySchema, type FileEntry } from './file-schema.ts'
import { type FillIn, fillIn } from './fill-in.ts'
import type { DeployItem, PrefectFileOptions } from './prefect-file.ts'
import { pullDirectory } from './pull-directory.ts'
import { readTriggers, type TriggerSpec } from './read-triggers.ts'
import { type Report, type Reporter, reporter } from './report.ts'
import type { Selected } from './select-deployments.ts'
import { knownOutputs, stepsOf } from './step-outputs.ts'
import { unusedKeys } from './unused-keys.ts'

export interface FileContext {
  readonly options: PrefectFileOptions
  readonly source: SourceDocument
  readonly file: FileEntry
  readonly report: Report
  /** Whether this is the only deployment that is read: then what the command line gives is meant for it. */
  readonly single: boolean
}

export interface ReadDeployment {
  readonly item: DeployItem
  /** Puts a problem about the item, as the request has it, at its place in the file. */
  readonly locate: (problem: Problem) => LocatedProblem
}

/** Reads one deployment of the file; null when it has problems, which are reported. */
export async function readDeployment(
  context: FileContext,
  selected: Selected,
  raw: JsonObject,
): Promise<ReadDeployment | null> {
  const { options, source, report } = context
  const here = reporter(report, source, `deployments[${selected.index}]`)
  const problemsBefore = report.problems.length
  const { fill, entry, filled } = await readEntry(context, selected, raw, here)
  if (entry === null) return null
  const directory = await directoryOf(
    context,
    entry,
    fill,
    raw.pull ? here.inside('pull') : reporter(report, source, 'pull'),
  )
  unusedKeys(entry, raw, here)
  const specs = triggerSpecs(context, entry, here, fill)
  const { triggers, sources } = await readTriggers(specs, selected.name)
  const flowName = await flowNameOf(options, entry, selected.name, here)
  const item: DeployItem = {
    ...fieldsOf(entry, filled, here),
    name: selected.name,
    flow_name: flowName,
    directory,
    commit: options.git?.commit ?? null,
  }
  const checked = validate(deploymentInputSchema, item)
  const locate = locator(here, entry, (position) => specs[sources[position] ?? -1]?.reporter)
  if (!checked.ok) report.problems.push(...checked.problems.map(locate))
  return report.problems.length > problemsBefore ? null : { item: { ...item, triggers }, locate }
}

async function readEntry(context: FileContext, selected: Selected, raw: JsonObject, here: Reporter) {
  const { options, file, single } = context
  const { triggers = null, build = file.build, push = file.push, pull, ...rest } = raw
  const references: FillIn = {
    env: options.env,
    variable: options.variable,
    outputs: null,
    reporter: here,
    needed: (path) => NEEDED.test(path),
  }
  const outputs = await knownOutputs([...stepsOf(build), ...stepsOf(push)], references, options.git)
  const fill: FillIn = { ...references, outputs }
  const written = single ? withOverrides(rest, options.overrides) : rest
  const filled = await fillIn({ ...written, name: selected.name }, '', fill)
  const sections = { triggers, build, push, pull: pull ?? file.pull ?? null }
  const checked = validate(deploymentEntrySchema, { ...(isJsonObject(filled) ? filled : {}), ...sections })
  if (!checked.ok) for (const problem of checked.problems) here.problem(problem)
  return { fill, entry: checked.ok ? checked.value : null, filled: isJsonObject(filled) ? filled : {} }
}

/** Members without which a deployment would be another one, or would run where or when it should not. */
const NEEDED =
  /^(name|flow_name|entrypoint|command|paused|concurrency_limit|work_pool\.name|work_pool\.work_queue_name|schedule|schedules)\b/
/** Members of a trigger without which it would fire on other events. */
const NEEDED_IN_TRIGGER = /^(?!name$|description$|parameters\b|job_variables\b|schedule_after$)/

function withOverrides(raw: JsonObject, overrides: PrefectFileOptions['overrides'] = {}): JsonObject {
  const { entrypoint, workPool } = overrides
  const pool = isJsonObject(raw.work_pool) ? raw.work_pool : {}
  return {
    ...raw,
    ...(entrypoint !== undefined && { entrypoint }),
    ...(workPool !== undefined && { work_pool: { ...pool, name: workPool } }),
  }
}

function directoryOf({ options }: FileContext, { pull, build }: DeploymentEntry, fill: FillIn, section: Reporter) {
  return pullDirectory(options.directory, { pull, build, reporter: section, fill, files: options.files })
}

function triggerSpecs({ options, report, single }: FileContext, entry: DeploymentEntry, here: Reporter, fill: FillIn) {
  const needed = (path: string) => NEEDED_IN_TRIGGER.test(path)
  if (single && options.triggers !== undefined) {
    return options.triggers.map(({ value, source, path }): TriggerSpec => {
      const there = reporter(report, source, path)
      return {
        value,
        reporter: there,
        fill: { ...fill, variable: null, reporter: there, needed },
        fillParameters: null,
      }
    })
  }
  return (entry.triggers ?? []).map((value, index): TriggerSpec => {
    const there = here.inside(`triggers[${index}]`)
    const inTrigger = { ...fill, reporter: there, needed }
    return { value, reporter: there, fill: inTrigger, fillParameters: { ...inTrigger, outputs: null } }
  })
}

async function flowNameOf(
  options: PrefectFileOptions,
  entry: DeploymentEntry,
  name: string,
  here: Reporter,
): Promise<string> {
  const { entrypoint, command, flow_name: named } = entry
  if (!entrypoint) {
    const message = 'is required: write "file.py:function", or `command` with a program to run'
    if (!command) here.problem({ path: 'entrypoint', message })
    return named || name
  }
  if (command) here.problem({ path: 'command', message: 'give entrypoint or command, not both' })
  const check = await checkEntrypoint(entrypoint, options.directory, options.files)
  if (check.problem !== null) here.problem({ path: 'entrypoint', ...check.problem })
  const known = named || options.flowNameOf?.(entrypoint)
  if (!known && check.computed) {
    here.notice(
      'assumed',
      'entrypoint',
      `the flow's name is computed when it runs: "${check.flowName}" is used; set flow_name`,
    )
  }
  return known || check.flowName
}

/** Where the file has what the request calls otherwise. */
const FILE_PATHS: readonly (readonly [RegExp, string])[] = [
  [/^work_pool\b/, 'work_pool.name'],
  [/^work_queue\b/, 'work_pool.work_queue_name'],
  [/^collision_strategy\b/, 'concurrency_limit.collision_strategy'],
  [/^(directory|commit)\b.*/, ''],
]

function locator(here: Reporter, entry: DeploymentEntry, triggerAt: (position: number) => Reporter | undefined) {
  return (problem: Problem): LocatedProblem => {
    const [whole, position] = /^triggers\[(\d+)\]\.?/.exec(problem.path) ?? []
    const trigger = position === undefined ? undefined : triggerAt(Number(position))
    if (trigger !== undefined) return trigger.locate({ ...problem, path: problem.path.slice(whole?.length) })
    const [pattern, replacement] = FILE_PATHS.find(([requested]) => requested.test(problem.path)) ?? [/^$/, '']
    const path = problem.path.replace(pattern, replacement)
    const inPool = /^job_variables\b/.test(path) && !entry.job_variables
    return here.locate({ ...problem, path: inPool ? `work_pool.${path}` : path })
  }
}
