import type { Json, Problem } from '@upon/engine'
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, type Node } from 'yaml'
import type { LocatedProblem, Place } from './located-problem.ts'
import { isMergeKey, keyText } from './yaml-value.ts'

/** Longest part of an offending line that is shown, in UTF-16 units. */
const EXCERPT_CHARS_MAX = 200

/** One YAML or JSON document: its value, and where each part of the value is written. */
export interface SourceDocument {
  readonly file: string
  readonly value: Json
  /** Where the key or list item of `path` is; for a path that is not there, the closest part that is. */
  place(path: string): Place
  /** Puts a problem about the value at its place in the file. */
  locate(problem: Problem): LocatedProblem
}

export interface SourceText {
  readonly file: string
  readonly text: string
  readonly lines: LineCounter
}

export function sourceDocument(source: SourceText, document: Document | null, value: Json): SourceDocument {
  const place = (path: string) => placeAt(source, document === null ? 0 : offsetOf(document, path))
  return {
    file: source.file,
    value,
    place,
    locate: (problem) => locatedAt(source, place(problem.path), problem),
  }
}

/** The place of a character. */
export function placeAt({ file, lines }: Omit<SourceText, 'text'>, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { file, line: Math.max(1, line), column: Math.max(1, col) }
}

export function locatedAt({ text }: SourceText, place: Place, problem: Problem): LocatedProblem {
  const excerpt = (text.split(/\r?\n/, place.line)[place.line - 1] ?? '').slice(0, EXCERPT_CHARS_MAX)
  return { ...problem, ...place, excerpt }
}

interface Found {
  readonly offset: number
  /** How much of the path was found, in characters. */
  readonly depth: number
}

function offsetOf(document: Document, path: string): number {
  const root = document.contents
  if (!isNode(root)) return document.range?.[0] ?? 0
  return find(document, root, path, { offset: root.range?.[0] ?? 0, depth: 0 }).offset
}

// Label names hold dots, so a path cannot be split before it is known which keys there are: each key that fits is
// tried and the one that leads furthest is taken.
function find(document: Document, node: Node | null, rest: string, here: Found): Found {
  if (rest === '' || node === null) return here
  if (isAlias(node)) return find(document, node.resolve(document) ?? null, rest, here)
  let best = here
  for (const { text, offset, value } of childrenOf(node)) {
    const merged = text === null
    if (!merged && !startsWithPart(rest, text)) continue
    const length = merged ? 0 : text.length
    const at = merged ? here : { offset, depth: here.depth + length }
    const found = find(document, value, rest.slice(length).replace(/^\./, ''), at)
    if (found.depth > best.depth) best = found
  }
  return best
}

const startsWithPart = (rest: string, part: string): boolean =>
  rest.startsWith(part) && ['', '.', '['].includes(rest.charAt(part.length))

interface Child {
  /** Its part of the path; null for a merge key, whose members belong to the map itself. */
  readonly text: string | null
  readonly offset: number
  readonly value: Node | null
}

function childrenOf(node: Node): readonly Child[] {
  if (isSeq(node)) {
    return node.items.map((item, index) => ({
      text: `[${index}]`,
      offset: (isNode(item) ? item.range?.[0] : undefined) ?? node.range?.[0] ?? 0,
      value: isNode(item) ? item : null,
    }))
  }
  if (!isMap(node)) return []
  return node.items.flatMap(({ key, value }): Child[] => {
    if (!isScalar(key)) return []
    const offset = key.range?.[0] ?? 0
    const inner = isNode(value) ? value : null
    if (!isMergeKey(key)) return [{ text: keyText(key), offset, value: inner }]
    const sources = isSeq(inner) ? inner.items : [inner]
    return sources.map((source) => ({ text: null, offset, value: isNode(source) ? source : null }))
  })
}
