import { CONTEXT_NAMES } from './context-names.ts'
import { localNames } from './local-names.ts'
import { GLOBALS, type Path, pathsIn } from './paths.ts'
import { readTags, type Tag } from './tags.ts'

/** A tag with the paths of the context it reads. */
export interface AnalyzedTag {
  readonly tag: Tag
  readonly paths: readonly Path[]
  /** Set when the tag prints one path and does nothing else, but for a final `| tojson`. */
  readonly direct: { readonly path: Path; readonly json: boolean } | null
}

/** What can be told from a template without rendering it. */
export interface Template {
  readonly source: string
  readonly tags: readonly AnalyzedTag[]
  /** Every tag is `direct` and there is nothing but text around: no engine is needed. */
  readonly direct: boolean
  /** The tag, if it is all there is but white space: its value keeps its type. */
  readonly only: AnalyzedTag | null
  /** Names the template gives values to itself. */
  readonly locals: ReadonlySet<string>
  /** Top-level names of the context it reads. */
  readonly names: ReadonlySet<string>
}

/** Analyzes a template. Throws a `SyntaxFault` where a tag, bracket or string is not closed. */
export function analyze(source: string): Template {
  const { tags: found, plain } = readTags(source)
  const locals = localNames(found)
  const tags = found.map((tag): AnalyzedTag => {
    const paths = pathsIn(tag).filter(({ root }) => !GLOBALS.has(root))
    return { tag, paths, direct: directOf(tag, paths, locals) }
  })
  const names = new Set(tags.flatMap(({ paths }) => paths.map(({ root }) => root)))
  for (const name of locals) if (!CONTEXT_NAMES.has(name)) names.delete(name)
  const direct = plain && tags.every((tag) => tag.direct !== null)
  return { source, tags, direct, only: onlyTag(source, tags), locals, names }
}

function directOf(tag: Tag, [path, ...more]: readonly Path[], locals: ReadonlySet<string>): AnalyzedTag['direct'] {
  if (tag.kind !== 'output' || !path || more.length > 0 || path.method || locals.has(path.root)) return null
  const [first] = tag.tokens
  if (path.start !== first?.start) return null
  const rest = tag.tokens.filter(({ start }) => start >= path.end).map(({ value }) => value)
  if (rest.length === 0) return { path, json: false }
  return rest.length === 2 && rest[0] === '|' && rest[1] === 'tojson' ? { path, json: true } : null
}

function onlyTag(source: string, [only, ...more]: readonly AnalyzedTag[]): AnalyzedTag | null {
  if (!only || more.length > 0 || only.tag.kind !== 'output') return null
  const around = source.slice(0, only.tag.start) + source.slice(only.tag.after)
  return around.trim() === '' ? only : null
}
