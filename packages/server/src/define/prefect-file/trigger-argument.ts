import { isJsonObject, type Json, suggest } from '@upon/engine'
import type { LocatedProblem } from '../located-problem.ts'
import type { SourceDocument } from '../source-document.ts'
import { type ParsedSource, parseJsonSource, parseYaml } from '../yaml.ts'
import type { Notice } from './prefect-file.ts'
import { type Report, reporter } from './report.ts'

/** A trigger given on the command line, with the document it is written in. */
export interface ParsedTrigger {
  readonly value: Json
  readonly source: SourceDocument
  /** Where in the document: `triggers[0]`, or `''` for the whole of it. */
  readonly path: string
}

export interface TriggerArgument {
  readonly triggers: readonly ParsedTrigger[]
  readonly notices: readonly Notice[]
  readonly problems: readonly LocatedProblem[]
}

/** How messages name a trigger that is written on the command line itself. */
const INLINE = '--trigger'

/**
 * Reads one `--trigger`: a `.yaml`, `.yml` or `.json` file with a top-level `triggers` list, anything else as one
 * trigger in JSON. A file without that list contributes nothing. `readFile` rejects when there is no such file.
 */
export async function parseTriggerArgument(
  argument: string,
  readFile: (path: string) => Promise<string>,
): Promise<TriggerArgument> {
  const ending = /\.(ya?ml|json)$/.exec(argument)?.[1]
  if (ending === undefined) return inlineTrigger(argument)
  let text: string
  try {
    text = await readFile(argument)
  } catch (error) {
    return failed([{ ...AT_START, file: argument, path: '', message: readFailure(error) }], argument)
  }
  const parsed = ending === 'json' ? parseJsonSource({ path: argument, text }) : yamlFile(argument, text)
  return parsed.ok ? triggersOf(parsed.documents[0], argument) : failed(parsed.problems, argument)
}

const AT_START = { line: 1, column: 1, excerpt: '' }

function yamlFile(path: string, text: string): ParsedSource {
  const parsed = parseYaml({ path, text, yaml11: true })
  const second = parsed.ok ? parsed.documents[1] : undefined
  if (second === undefined) return parsed
  return { ok: false, problems: [second.locate({ path: '', message: 'expected one document, found a second one' })] }
}

function inlineTrigger(argument: string): TriggerArgument {
  const parsed = parseJsonSource({ path: INLINE, text: argument })
  if (!parsed.ok) {
    const hint = /[{[]/.test(argument) ? '' : ' (a file of triggers ends in .yaml, .yml or .json)'
    const problems = parsed.problems.map((problem) => ({ ...problem, message: `${problem.message}${hint}` }))
    return failed(problems, argument)
  }
  const [source] = parsed.documents
  if (source === undefined || !isJsonObject(source.value)) {
    const problem = { path: '', message: 'expected one trigger as a JSON object' }
    return failed(source === undefined ? [] : [source.locate(problem)], argument)
  }
  return { triggers: [{ value: source.value, source, path: '' }], notices: [], problems: [] }
}

function triggersOf(source: SourceDocument | undefined, argument: string): TriggerArgument {
  const report: Report = { problems: [], notices: [] }
  if (source === undefined) return { triggers: [], ...report }
  const { value } = source
  const file = reporter(report, source)
  if (!isJsonObject(value)) {
    file.problem({ path: '', message: 'expected an object with a list "triggers"' })
  } else if (Array.isArray(value.triggers)) {
    const triggers = value.triggers.map((trigger, index) => ({ value: trigger, source, path: `triggers[${index}]` }))
    return { triggers, ...report }
  } else if (value.triggers !== undefined && value.triggers !== null) {
    file.problem({ path: 'triggers', message: 'must be a list' })
  } else {
    const near = suggest('triggers', Object.keys(value))
    const hint = near === undefined ? '' : `; "${near}" is not read`
    file.notice('ignored', near ?? '', `${argument} has no list "triggers", so it contributes none${hint}`)
  }
  return { triggers: [], notices: report.notices, problems: explain(report.problems, argument) }
}

const failed = (problems: readonly LocatedProblem[], argument: string): TriggerArgument => ({
  triggers: [],
  notices: [],
  problems: explain(problems, argument),
})

const explain = (problems: readonly LocatedProblem[], argument: string): LocatedProblem[] =>
  problems.map((problem) => ({
    ...problem,
    message: `Failed to parse trigger: ${argument}. Error: ${problem.message}`,
  }))

function readFailure(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'there is no such file'
  return error instanceof Error ? error.message : String(error)
}
