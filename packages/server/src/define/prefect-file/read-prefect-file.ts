import { isJsonObject, type JsonObject, type Problem, validate } from '@upon/engine'
import type { LocatedProblem } from '../located-problem.ts'
import type { SourceDocument } from '../source-document.ts'
import { parseYaml } from '../yaml.ts'
import { checkEntrypoint } from './check-entrypoint.ts'
import { type FileEntry, fileSchema, withoutAnchorKeys } from './file-schema.ts'
import { fillIn } from './fill-in.ts'
import type { PrefectFile, PrefectFileOptions } from './prefect-file.ts'
import { type FileContext, type ReadDeployment, readDeployment } from './read-deployment.ts'
import { type Report, type Reporter, reporter } from './report.ts'
import { type Candidate, selectDeployments } from './select-deployments.ts'
import { unusedTopKeys } from './unused-keys.ts'

/**
 * Reads `prefect.yaml` into the deployments of a deploy request. Every key Prefect documents is honoured or named in a
 * notice; unknown keys, wrong values and what cannot be found are problems with file, line and column. Runs nothing.
 */
export async function readPrefectFile(options: PrefectFileOptions): Promise<PrefectFile> {
  const { path, text } = options
  const parsed = parseYaml({ path, text, yaml11: true, textKeys: ['version', 'prefect-version'] })
  if (!parsed.ok) return refused(parsed.problems)
  const [source, second] = parsed.documents
  if (source === undefined) return refused([emptyFile(path)])
  const report: Report = { problems: [], notices: [] }
  if (second !== undefined)
    return refused([second.locate({ path: '', message: 'expected one document, found a second one' })])
  const top = reporter(report, source)
  const file = readTop(source, top)
  if (file === null) return refused(report.problems)
  const remembered: PrefectFileOptions = { ...options, variable: once(options.variable) }
  return readSelected({ options: remembered, source, file, report, single: false }, top)
}

function readTop(source: SourceDocument, top: Reporter): FileEntry | null {
  if (!isJsonObject(source.value)) {
    top.problem({ path: '', message: 'must be an object with a list "deployments"' })
    return null
  }
  const checked = validate(fileSchema, withoutAnchorKeys(source.value))
  if (checked.ok) return checked.value
  for (const problem of checked.problems) top.problem(problem)
  return null
}

async function readSelected(context: FileContext, top: Reporter): Promise<PrefectFile> {
  const { options, file, report } = context
  const entries = [...(file.deployments ?? [])]
  const candidates = await Promise.all(entries.map((raw, index) => candidate(options, raw, index)))
  const added = nameOfNew(candidates, options)
  if (added !== null) {
    top.notice('assumed', 'deployments', `there is no "${added}" in this file: it is what the command line says`)
    candidates.push({ index: entries.length, name: added, flowNames: async () => [] })
    entries.push({ name: added })
  }
  const chosen = await selectDeployments(candidates, { only: options.only ?? [], all: options.all ?? false }, top)
  if (chosen.length > 0) unusedTopKeys(file, top)
  const single = chosen.length === 1
  if (!single && chosen.length > 0) ignoreCommandLine(options, top)
  const read: ReadDeployment[] = []
  for (const selected of chosen) {
    const one = await readDeployment({ ...context, single }, selected, entries[selected.index] ?? {})
    if (one !== null) read.push(one)
  }
  reportTwins(read)
  return {
    deployments: report.problems.length > 0 ? [] : read.map(({ item }) => item),
    notices: report.notices,
    problems: report.problems,
    locate: (problem) => locateInRequest(problem, read, top),
  }

  function reportTwins(all: readonly ReadDeployment[]): void {
    const seen = new Set<string>()
    for (const { item, locate } of all) {
      const name = `${item.flow_name}/${item.name}`
      if (seen.has(name))
        report.problems.push(locate({ path: 'name', message: `the deployment "${name}" is given twice` }))
      seen.add(name)
    }
  }
}

/** A name and an entrypoint on the command line make a deployment that the file does not have. */
function nameOfNew(candidates: readonly Candidate[], { only = [], overrides }: PrefectFileOptions): string | null {
  const [name, second] = only
  if (overrides?.entrypoint === undefined || name === undefined || second !== undefined) return null
  const isTemplate = candidates.length === 1 && candidates[0]?.name === null
  if (isTemplate || !/^[^*/]+$/.test(name) || candidates.some((known) => known.name === name)) return null
  return name
}

function ignoreCommandLine({ triggers, overrides }: PrefectFileOptions, top: Reporter): void {
  if (triggers === undefined && Object.keys(overrides ?? {}).length === 0) return
  const message = 'several deployments are deployed: what the command line says about one of them is ignored'
  top.notice('ignored', 'deployments', message)
}

async function candidate(options: PrefectFileOptions, raw: JsonObject, index: number): Promise<Candidate> {
  const fill = { ...options, outputs: null, reporter: null, needed: () => false }
  const text = async (value: JsonObject[string] | undefined) => {
    const filled = await fillIn(value ?? null, '', fill)
    return filled === null || filled === undefined || filled === '' ? null : String(filled)
  }
  return {
    index,
    name: await text(raw.name),
    flowNames: async () => {
      const flowName = await text(raw.flow_name)
      const entrypoint = await text(raw.entrypoint)
      if (entrypoint === null) return flowName === null ? [] : [flowName]
      const check = await checkEntrypoint(entrypoint, options.directory, options.files)
      const functionName = entrypoint.split(/[:.]/).at(-1) ?? entrypoint
      return [
        flowName ?? options.flowNameOf?.(entrypoint) ?? check.flowName,
        functionName,
        functionName.replaceAll('_', '-'),
      ]
    },
  }
}

function locateInRequest(problem: Problem, read: readonly ReadDeployment[], top: Reporter): LocatedProblem {
  const [whole, index] = /^deployments\[(\d+)\]\.?/.exec(problem.path) ?? []
  const deployment = index === undefined ? undefined : read[Number(index)]
  if (deployment === undefined) return top.locate(problem)
  return deployment.locate({ ...problem, path: problem.path.slice(whole?.length) })
}

const emptyFile = (file: string): LocatedProblem => ({
  path: '',
  message: 'is empty: expected an object with a list "deployments"',
  file,
  line: 1,
  column: 1,
  excerpt: '',
})

function refused(problems: readonly LocatedProblem[]): PrefectFile {
  const [first] = problems
  return {
    deployments: [],
    notices: [],
    problems,
    locate: (problem) => ({ ...(first ?? emptyFile('')), ...problem }),
  }
}

/** Asks for each name only once. */
function once<T>(look: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const known = new Map<string, Promise<T>>()
  return (name) => {
    const found = known.get(name) ?? look(name)
    known.set(name, found)
    return found
  }
}
