import { SyntaxFault } from './template-error.ts'
import { readTokens, type Token } from './tokens.ts'

/** A `{{ … }}` or `{% … %}` of a template. */
export interface Tag {
  readonly kind: 'output' | 'block'
  readonly tokens: readonly Token[]
  /** The whole tag is `[start, after)`, what is inside its marks `[from, end)`. */
  readonly start: number
  readonly from: number
  readonly end: number
  readonly after: number
}

export interface Tags {
  readonly tags: readonly Tag[]
  /** There is nothing but text and tags: no comment, no `raw`, no white space control. */
  readonly plain: boolean
}

const MARK = /\{\{|\{%|\{#/g
const RAW = /\{%[-+]?\s*raw\s*[-+]?%\}/y
const END_RAW = /\{%[-+]?\s*endraw\s*[-+]?%\}/g

/** True when a text is a template at all; others are never touched. */
export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%')
}

/** Finds the tags of a template, skipping comments and what is in `raw` blocks. */
export function readTags(source: string): Tags {
  const tags: Tag[] = []
  let plain = true
  MARK.lastIndex = 0
  for (let mark = MARK.exec(source); mark !== null; mark = MARK.exec(source)) {
    const start = mark.index
    const skipped = mark[0] === '{#' ? afterComment(source, start) : afterRaw(source, start)
    if (skipped === null) tags.push(readTag(source, start, mark[0] === '{{' ? 'output' : 'block'))
    else plain = false
    MARK.lastIndex = skipped ?? tags.at(-1)?.after ?? source.length
  }
  return { tags, plain: plain && !tags.some(isSigned) }
}

function readTag(source: string, start: number, kind: Tag['kind']): Tag {
  const sign = source[start + 2]
  const from = start + (sign === '-' || sign === '+' ? 3 : 2)
  const { tokens, end, after } = readTokens(source, from, kind === 'output' ? '}}' : '%}')
  if (tokens.length === 0) throw new SyntaxFault('the tag is empty', start)
  return { kind, tokens, start, from, end, after }
}

function isSigned(tag: Tag): boolean {
  return tag.from > tag.start + 2 || tag.after > tag.end + 2
}

function afterComment(source: string, start: number): number {
  const end = source.indexOf('#}', start + 2)
  if (end < 0) throw new SyntaxFault('the comment is not closed: expected "#}"', start)
  return end + 2
}

function afterRaw(source: string, start: number): number | null {
  RAW.lastIndex = start
  if (!RAW.test(source)) return null
  END_RAW.lastIndex = RAW.lastIndex
  if (!END_RAW.test(source)) throw new SyntaxFault('the raw block is not closed: expected "{% endraw %}"', start)
  return END_RAW.lastIndex
}
