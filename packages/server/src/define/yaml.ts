import type { Json, Problem } from '@upon/engine'
import { type Document, LineCounter, parseAllDocuments, type YAMLError } from 'yaml'
import { findJsonMistake } from '../lib/json-mistake.ts'
import type { LocatedProblem } from './located-problem.ts'
import { locatedAt, placeAt, type SourceDocument, type SourceText, sourceDocument } from './source-document.ts'
import { type YamlMistake, type YamlValueOptions, yamlValue } from './yaml-value.ts'

/** Largest file of definitions that is read, in UTF-16 units. */
export const DEFINITION_CHARS_MAX = 8_000_000
/** Most documents of one file. */
export const DOCUMENTS_PER_FILE_MAX = 1_000
/** Most levels of lists and objects, and half the columns a line may be indented. */
export const NESTING_MAX = 200
/** A file with thousands of mistakes is answered with its first ones. */
const MISTAKES_MAX = 20

export interface SourceFile extends YamlValueOptions {
  /** How messages name it. */
  readonly path: string
  readonly text: string
}

export type ParsedSource =
  | { readonly ok: true; readonly documents: readonly SourceDocument[] }
  | { readonly ok: false; readonly problems: readonly LocatedProblem[] }

/**
 * Reads the documents of a YAML file, each with the place of everything in it. Refused with line and column: what is
 * not YAML, duplicate keys, aliases that multiply, unknown tags, values JSON does not have, and nesting beyond `NESTING_MAX`.
 */
export function parseYaml({ path, text, ...options }: SourceFile): ParsedSource {
  const source: SourceText = { file: path, text, lines: countLines(text) }
  const refused = beyondLimits(text)
  if (refused !== null) return { ok: false, problems: [problemAt(source, refused)] }
  const parsed = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: true, logLevel: 'silent' })
  const documents: Document[] = 'empty' in parsed ? [] : parsed
  const mistakes = documents.flatMap((document) => document.errors.concat(document.warnings).map(mistakeOf(text)))
  if (documents.length > DOCUMENTS_PER_FILE_MAX) {
    mistakes.push({ offset: 0, message: `has more than ${DOCUMENTS_PER_FILE_MAX} documents` })
  }
  if (mistakes.length > 0) return refuse(source, mistakes)
  const values = documents.map((document) => yamlValue(document, options))
  const notJson = values.flatMap((value) => value.mistakes)
  if (notJson.length > 0) return refuse(source, notJson)
  return {
    ok: true,
    documents: documents.map((document, index) => sourceDocument(source, document, values[index]?.value ?? null)),
  }
}

/** Reads one JSON document with the place of everything in it; duplicate keys are refused, as in YAML. */
export function parseJsonSource({ path, text }: SourceFile): ParsedSource {
  const source: SourceText = { file: path, text, lines: countLines(text) }
  const refused = beyondLimits(text)
  if (refused !== null) return { ok: false, problems: [problemAt(source, refused)] }
  const value = jsonOrMistake(text)
  if ('mistake' in value) return refuse(source, [value.mistake])
  // JSON is YAML but for a few corners (very long keys); where those stop the YAML parser only places get coarser.
  const [document] = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: true, logLevel: 'silent' })
  const twice = (document?.errors ?? []).filter((error) => error.code === 'DUPLICATE_KEY')
  if (twice.length > 0) return refuse(source, twice.map(mistakeOf(text)))
  return { ok: true, documents: [sourceDocument(source, document ?? null, value.json)] }
}

/** Reads a file by its ending: `.json` as JSON, anything else as YAML. */
export function parseSource(file: SourceFile): ParsedSource {
  return file.path.toLowerCase().endsWith('.json') ? parseJsonSource(file) : parseYaml(file)
}

function countLines(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
  return lines
}

const DEEP_INDENT = new RegExp(`^(?:[-?:]?[ \\t]){${2 * NESTING_MAX}}`, 'm')

/** What is refused before the parser sees it: deep recursion aborts the process instead of raising an error. */
function beyondLimits(text: string): YamlMistake | null {
  if (text.length > DEFINITION_CHARS_MAX) {
    return { offset: 0, message: `is larger than ${DEFINITION_CHARS_MAX} characters` }
  }
  const message = `lists and objects are nested more than ${NESTING_MAX} deep`
  let depth = 0
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1)
    if (depth > NESTING_MAX) return { offset: index, message }
  }
  const indent = DEEP_INDENT.exec(text)
  return indent === null ? null : { offset: indent.index, message }
}

function mistakeOf(text: string): (error: YAMLError) => YamlMistake {
  return ({ code, message, pos: [offset] }) => {
    if (code !== 'DUPLICATE_KEY') return { offset, message: message.charAt(0).toLowerCase() + message.slice(1) }
    const key = /^["']?([^"':\s,}]+)/.exec(text.slice(offset, offset + 80))?.[1] ?? ''
    return { offset, message: `the key "${key}" is given twice` }
  }
}

function refuse(source: SourceText, mistakes: readonly YamlMistake[]): ParsedSource {
  return { ok: false, problems: mistakes.slice(0, MISTAKES_MAX).map((mistake) => problemAt(source, mistake)) }
}

function problemAt(source: SourceText, { offset, message }: YamlMistake): LocatedProblem {
  const problem: Problem = { path: '', message }
  return locatedAt(source, placeAt(source, offset), problem)
}

function jsonOrMistake(text: string): { json: Json } | { mistake: YamlMistake } {
  try {
    return { json: JSON.parse(text) }
  } catch {
    const { line, column, message } = findJsonMistake(text)
    const before = text.split('\n', line - 1).join('\n').length
    return { mistake: { offset: before + (line > 1 ? 1 : 0) + column - 1, message } }
  }
}
