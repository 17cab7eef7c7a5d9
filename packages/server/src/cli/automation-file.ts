import { isJsonObject, type Problem, validate } from '@upon/engine'
import { ApiError, type ApplyInput, applyDocumentSchema, automationInputSchema } from '@upon/sdk'
import type { z } from 'zod'
import { type LocatedProblem, problemText } from '../define/located-problem.ts'
import type { SourceDocument } from '../define/source-document.ts'
import { parseSource } from '../define/yaml.ts'
import type { Cli } from './cli.ts'
import { CliError } from './cli-error.ts'
import { asProblem } from './problem-detail.ts'
import { readTextFile } from './read-json.ts'

export type AutomationFileInput = ApplyInput['documents'][number]

/** An automation with the place in a file where it is written. */
export interface WrittenAutomation {
  readonly source: SourceDocument
  readonly input: AutomationFileInput
}

/** The documents of one file. Empty ones, such as after a last `---`, are left out. */
export async function readDocuments(cli: Cli, path: string): Promise<readonly SourceDocument[]> {
  const file =
    path === '-' ? { path: 'standard input', text: await cli.terminal.readInput() } : await readTextFile(cli, path)
  const parsed = parseSource(file)
  if (!parsed.ok) throw located(parsed.problems)
  return parsed.documents.flatMap(listed).filter(({ value }) => value !== null)
}

/** A JSON file has one document: several automations are written as a list. */
function listed(document: SourceDocument): readonly SourceDocument[] {
  if (!Array.isArray(document.value)) return [document]
  return document.value.map((value, index) => {
    const inside = (path: string) => (path === '' ? `[${index}]` : `[${index}].${path}`)
    return {
      file: document.file,
      value,
      place: (path) => document.place(inside(path)),
      locate: (problem) => ({ ...document.locate({ ...problem, path: inside(problem.path) }), path: problem.path }),
    }
  })
}

/** Checks documents against the schema of apply; every problem is raised with its line. */
export function checkDocuments(documents: readonly SourceDocument[]): readonly WrittenAutomation[] {
  const problems = documents.flatMap((source) => problemsOf(applyDocumentSchema, source))
  if (problems.length > 0) throw located(problems)
  return documents.map((source) => ({ source, input: asInput(source) }))
}

/** Checks one automation, which needs no key here. */
export function checkAutomation(source: SourceDocument): void {
  const problems = problemsOf(automationInputSchema, source)
  if (problems.length > 0) throw located(problems)
}

function problemsOf(schema: z.ZodType, source: SourceDocument): readonly LocatedProblem[] {
  const checked = validate(schema, source.value)
  return checked.ok ? [] : checked.problems.map((problem) => source.locate(problem))
}

/** What the server takes is what was written: it fills in the defaults itself. */
function asInput({ value }: SourceDocument): AutomationFileInput {
  if (!isAutomationInput(value)) throw new CliError('expected an automation')
  return value
}

/** Its members were checked by the schema, whose own output has every default filled in. */
export function isAutomationInput(value: unknown): value is AutomationFileInput {
  return isJsonObject(value) && 'trigger' in value
}

/** Puts the problems of the server at their lines; what it says about the whole request stays as it is. */
export function locateProblems(error: unknown, documents: readonly WrittenAutomation[]): unknown {
  if (!(error instanceof ApiError) || error.problem.problems === undefined) return error
  const found = error.problem.problems.map((problem) => atDocument(asProblem(problem), documents))
  const places = found.filter((problem) => problem !== null)
  return places.length === found.length && places.length > 0 ? located(places) : error
}

function atDocument(problem: Problem, documents: readonly WrittenAutomation[]): LocatedProblem | null {
  const [whole, index] = /^(?:body\.)?documents\[(\d+)\]\.?/.exec(problem.path) ?? []
  const only = documents.length === 1 ? documents[0] : undefined
  const document = index === undefined ? only : documents[Number(index)]
  return document?.source.locate({ ...problem, path: problem.path.slice(whole?.length ?? 0) }) ?? null
}

export function located(problems: readonly LocatedProblem[]): CliError {
  return new CliError(problems.map(problemText).join('\n'))
}
