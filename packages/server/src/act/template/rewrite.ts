import type { Json, JsonObject } from '@upon/engine'
import type { AnalyzedTag, Template } from './analyze.ts'
import { ResourceView } from './event-view.ts'
import { type Path, pathName } from './paths.ts'
import { pythonJson } from './python-text.ts'
import { engineValueOf, nativeOf, resolve } from './resolve.ts'
import type { Token } from './tokens.ts'
import { type Found, isObject, LabelView, View } from './view.ts'

/** What the engine renders in place of a template: paths replaced by variables that hold their values. */
export interface Rewritten {
  readonly source: string
  readonly values: JsonObject
  /** What each output prints, by the number its marker carries. */
  readonly outputs: readonly string[]
  /** Paths that lead nowhere, printed without a `default` or a test around them. */
  readonly missing: readonly string[]
}

/**
 * Prepares a template for the engine. Only what it reads is handed over, already looked up by our own rules; entries
 * of maps go as lists where they are looped over, because the engine keeps maps in the order of their keys.
 */
export function rewrite(template: Template, context: JsonObject, as: 'text' | 'value'): Rewritten {
  const writer = new Writer(template, context)
  const parts: string[] = []
  let position = 0
  for (const tag of template.tags) {
    parts.push(template.source.slice(position, tag.tag.start), writer.tag(tag, as))
    position = tag.tag.after
  }
  parts.push(template.source.slice(position))
  const source = as === 'value' ? parts.join('').trim() : parts.join('')
  return { source, values: Object.fromEntries(writer.values), outputs: writer.outputs, missing: writer.missing }
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Words that mean the template itself deals with what is missing. */
const HANDLES_MISSING = new Set(['default', 'd', 'is', 'if', 'or', 'and', 'not'])

class Writer {
  readonly values = new Map<string, Json>()
  readonly outputs: string[] = []
  readonly missing: string[] = []
  readonly #template: Template
  readonly #context: JsonObject

  constructor(template: Template, context: JsonObject) {
    this.#template = template
    this.#context = context
    for (const name of template.locals) {
      const value = engineValueOf(resolve(context, { root: name, segments: [] }))
      if (value !== undefined) this.values.set(name, value)
    }
  }

  tag(analyzed: AnalyzedTag, as: 'text' | 'value'): string {
    const { tag } = analyzed
    const { source } = this.#template
    const content = this.#content(analyzed)
    const [open, close] = [source.slice(tag.start + 2, tag.from), source.slice(tag.end, tag.after - 2)]
    if (tag.kind === 'block') return `{%${open} ${content} ${close}%}`
    const index = this.outputs.push(source.slice(tag.from, tag.end).trim()) - 1
    const print =
      as === 'value'
        ? '{% if __o is defined %}{{ __o | __json }}{% endif %}'
        : `{{ __o if __o is number or __o is string else __o | __out(__o is none, ${index}) }}`
    return `{%${open} with __o = (${content}) %}${print}{% endwith ${close}%}`
  }

  #content({ tag, paths }: AnalyzedTag): string {
    const handled =
      tag.kind === 'block' || tag.tokens.some(({ kind, value }) => kind === 'name' && HANDLES_MISSING.has(value))
    const edits = paths.flatMap((path) => this.#path(path, tag.tokens, handled))
    const replaced = (at: number) => edits.some(({ start, end }) => start <= at && at < end)
    const indexes = indexEdits(tag.tokens).filter(({ start }) => !replaced(start))
    return applied(this.#template.source, tag.from, tag.end, [...edits, ...indexes])
  }

  #path(path: Path, tokens: readonly Token[], handled: boolean): readonly Edit[] {
    const lookup = path.method?.name === 'get' ? getEdits(path, tokens) : []
    if (this.#template.locals.has(path.root)) return lookup
    const value = resolve(this.#context, path)
    if (value === undefined && !handled) this.missing.push(pathName(path))
    const special = this.#asEntries(path, value, tokens) ?? asJson(path, value, tokens)
    if (special) return [{ start: path.start, end: special.end, text: this.#variable(special.value) }]
    return [{ start: path.start, end: path.end, text: this.#variable(engineValueOf(value)) }, ...lookup]
  }

  /** `path.items()` and its like, `path | items`, and a path that is looped over: a list in the map's own order. */
  #asEntries(path: Path, value: Found, tokens: readonly Token[]): { value: Json; end: number } | null {
    const pairs = value instanceof View ? value.pairs() : isObject(value) ? Object.entries(value) : null
    if (pairs === null) return null
    const { method } = path
    if (method?.bare && method.name === 'items') return { value: pairs, end: method.end }
    if (method?.bare && method.name === 'keys') return { value: pairs.map(([key]) => key), end: method.end }
    if (method?.bare && method.name === 'values') return { value: pairs.map(([, item]) => item), end: method.end }
    if (method) return null
    const filter = filterAfter(path, tokens)
    if (filter?.value === 'items') return { value: pairs, end: filter.end }
    if (!isLoopedOver(path, tokens)) return null
    const inPairs = value instanceof ResourceView || value instanceof LabelView
    return { value: inPairs ? pairs : pairs.map(([key]) => key), end: path.end }
  }

  #variable(value: Json | undefined): string {
    const name = `__v${this.values.size}`
    // A missing value is a variable that nothing sets: `is defined` and `default` work on it.
    if (value === undefined) return '__missing'
    this.values.set(name, value)
    return name
  }
}

/** `path | tojson` keeps the order of maps, which the engine would not. */
function asJson(path: Path, value: Found, tokens: readonly Token[]): { value: Json; end: number } | null {
  const native = nativeOf(value)
  const filter = filterAfter(path, tokens)
  if (path.method || native === undefined || filter?.value !== 'tojson') return null
  const next = tokens.find(({ start }) => start >= filter.end)
  return next?.value === '(' ? null : { value: pythonJson(native), end: filter.end }
}

function filterAfter(path: Path, tokens: readonly Token[]): Token | undefined {
  const bar = tokens.findIndex(({ start }) => start >= path.end)
  return bar >= 0 && tokens[bar]?.value === '|' ? tokens[bar + 1] : undefined
}

function isLoopedOver(path: Path, tokens: readonly Token[]): boolean {
  const at = tokens.findIndex(({ start }) => start === path.start)
  const next = tokens.find(({ start }) => start >= path.end)
  return tokens[0]?.value === 'for' && tokens[at - 1]?.value === 'in' && (!next || next.value === 'if')
}

/** `a.get(b)` becomes `(a | __get(b))`: the engine's own `get` knows no default. */
function getEdits(path: Path, tokens: readonly Token[]): readonly Edit[] {
  const open = tokens.findIndex(({ start }) => start >= path.end + 1) + 1
  const close = tokens[matching(tokens, open)]
  if (!path.method || !close) return []
  return [
    { start: path.start, end: path.start, text: '(' },
    { start: path.end, end: tokens[open]?.start ?? path.end, text: '|__get' },
    { start: close.end, end: close.end, text: ')' },
  ]
}

function matching(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let index = open; index < tokens.length; index += 1) {
    const { kind, value } = tokens[index] ?? { kind: 'name', value: '' }
    if (kind !== 'operator') continue
    if ('([{'.includes(value)) depth += 1
    if (')]}'.includes(value)) depth -= 1
    if (depth === 0) return index
  }
  return -1
}

/** `a.0` becomes `a[0]`, which is the only form the engine reads. */
function indexEdits(tokens: readonly Token[]): readonly Edit[] {
  return tokens.flatMap((token, index) => {
    const dot = tokens[index - 1]
    if (token.kind !== 'number' || dot?.value !== '.' || dot.kind !== 'operator') return []
    return [{ start: dot.start, end: token.end, text: `[${token.value}]` }]
  })
}

/** A part of the source with edits made; those at one place keep their order. */
export function applied(source: string, from: number, to: number, edits: readonly Edit[]): string {
  const parts: string[] = []
  let position = from
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(source.slice(position, start), text)
    position = Math.max(position, end)
  }
  return parts.join('') + source.slice(position, to)
}

/** The source the engine can parse, with every `.0` written `[0]`. */
export function parsable(template: Template): string {
  const edits = template.tags.flatMap(({ tag }) => indexEdits(tag.tokens))
  return applied(template.source, 0, template.source.length, edits)
}
