import type { Tag } from './tags.ts'
import type { Token } from './tokens.ts'

/** A place in the context as a template writes it: `event.resource['a.b'].c[0]`. */
export interface Path {
  readonly root: string
  readonly segments: readonly Segment[]
  readonly start: number
  readonly end: number
  /** The method called on it with parentheses right after, such as `items`. */
  readonly method: { readonly name: string; readonly end: number; readonly bare: boolean } | null
}

export type Segment = { readonly attribute: string } | { readonly item: string | number }

const KEYWORDS = new Set(
  'and or not in is if else elif for set with true false none True False None recursive as'.split(' '),
)
/** Tags whose first word after the tag's name is the name of a block, macro or filter. */
const NAMES_NO_VALUE = new Set(['filter', 'block', 'endblock', 'endmacro'])
/** Functions and names every template knows. */
export const GLOBALS: ReadonlySet<string> = new Set(['range', 'dict', 'namespace', 'loop', 'caller', 'self'])

/** Every path in the tag, whatever its root: names of the template's own are sorted out by the caller. */
export function pathsIn(tag: Tag): readonly Path[] {
  const paths: Path[] = []
  const { tokens } = tag
  if (tag.kind === 'block' && NAMES_NO_VALUE.has(tokens[0]?.value ?? '')) return paths
  for (let index = tag.kind === 'block' ? 1 : 0; index < tokens.length; index += 1) {
    if (!startsPath(tokens, index)) continue
    const read = readPath(tokens, index)
    paths.push(read.path)
    index = read.last
  }
  return paths
}

function startsPath(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index]
  if (token?.kind !== 'name' || KEYWORDS.has(token.value)) return false
  const before = tokens[index - 1]
  if (before?.kind === 'operator' && (before.value === '.' || before.value === '|')) return false
  if (isTestName(tokens, index)) return false
  // `name=` is a named argument or what is being set.
  const after = tokens[index + 1]
  return !(after?.kind === 'operator' && (after.value === '=' || after.value === '('))
}

function isTestName(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]
  if (before?.kind !== 'name') return false
  return before.value === 'is' || (before.value === 'not' && tokens[index - 2]?.value === 'is')
}

function readPath(tokens: readonly Token[], first: number): { path: Path; last: number } {
  const segments: Segment[] = []
  let last = first
  for (let next = readSegment(tokens, last + 1); next !== null; next = readSegment(tokens, last + 1)) {
    segments.push(next.segment)
    last = next.last
  }
  const method = readMethod(tokens, last, segments.at(-1))
  if (method !== null) {
    segments.pop()
    last -= 2
  }
  const root = tokens[first]?.value ?? ''
  return { path: { root, segments, start: tokens[first]?.start ?? 0, end: tokens[last]?.end ?? 0, method }, last }
}

function readSegment(tokens: readonly Token[], index: number): { segment: Segment; last: number } | null {
  const [open, key, close] = [tokens[index], tokens[index + 1], tokens[index + 2]]
  if (open?.kind !== 'operator' || !key) return null
  if (open.value === '.' && key.kind === 'name') return { segment: { attribute: key.value }, last: index + 1 }
  if (open.value === '.' && key.kind === 'number') return { segment: { item: Number(key.value) }, last: index + 1 }
  if (open.value !== '[' || close?.kind !== 'operator' || close.value !== ']') return null
  if (key.kind === 'string') return { segment: { item: key.value }, last: index + 2 }
  return key.kind === 'number' && /^\d+$/.test(key.value)
    ? { segment: { item: Number(key.value) }, last: index + 2 }
    : null
}

function readMethod(tokens: readonly Token[], last: number, segment: Segment | undefined): Path['method'] {
  const open = tokens[last + 1]
  if (!segment || !('attribute' in segment) || open?.kind !== 'operator' || open.value !== '(') return null
  const close = tokens[last + 2]
  const bare = close?.kind === 'operator' && close.value === ')'
  return { name: segment.attribute, end: bare ? close.end : open.start, bare }
}

/** The path as a person would write it: how warnings and errors name what is undefined. */
export function pathName({ root, segments }: Pick<Path, 'root' | 'segments'>): string {
  return root + segments.map(segmentName).join('')
}

function segmentName(segment: Segment): string {
  if ('attribute' in segment) return `.${segment.attribute}`
  return typeof segment.item === 'number' ? `[${segment.item}]` : `['${segment.item}']`
}
