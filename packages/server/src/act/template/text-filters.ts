import type { Json } from '@upon/engine'
import { OUTPUT_CHARS_MAX } from './limits.ts'
import { pythonText } from './python-text.ts'
import { isObject } from './view.ts'

/** Centers a text, as Python does: the odd space goes left when the width is odd too. */
export function centered(text: string, width: number): string {
  const missing = width - Array.from(text).length
  if (missing <= 0) return text
  if (width > OUTPUT_CHARS_MAX)
    throw new Error(`a width of ${width} is more than the ${OUTPUT_CHARS_MAX} characters a text may have`)
  const left = Math.floor(missing / 2) + (missing & width & 1)
  return ' '.repeat(left) + text + ' '.repeat(missing - left)
}

export interface TruncateOptions {
  readonly killWords: boolean
  readonly end: string
  /** A text this much too long is left as it is. */
  readonly leeway: number
}

/** Cuts a text to `length` characters, at a space unless words may be cut. */
export function truncated(text: string, length: number, options: TruncateOptions): string {
  const characters = Array.from(text)
  const room = length - Array.from(options.end).length
  if (room < 0) throw new Error(`truncating to ${length} characters leaves no room for the end "${options.end}"`)
  if (characters.length <= length + options.leeway) return text
  const cut = characters.slice(0, room).join('')
  if (options.killWords) return cut + options.end
  const space = cut.lastIndexOf(' ')
  return (space < 0 ? cut : cut.slice(0, space)) + options.end
}

/** Breaks lines at spaces so that none is wider than `width`; longer words are broken too. */
export function wrapped(text: string, width: number): string {
  if (width < 1) throw new Error(`a line cannot be ${width} characters wide`)
  return text
    .split('\n')
    .map((line) => wrapLine(line, width).join('\n'))
    .join('\n')
}

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`
    if (longer.length <= width) {
      current = longer
      continue
    }
    if (current !== '') lines.push(current)
    let rest = word
    for (; rest.length > width; rest = rest.slice(width)) lines.push(rest.slice(0, width))
    current = rest
  }
  return current === '' && lines.length > 0 ? lines : [...lines, current]
}

/** Replaces at most `count` occurrences, all when it is negative. An empty `old` stands between all characters. */
export function replaced(text: string, { old, by, count }: { old: string; by: string; count: number }): string {
  const parts = old === '' ? ['', ...Array.from(text), ''] : text.split(old)
  const times = Math.min(parts.length - 1, count < 0 ? parts.length : count)
  const chars = text.length + times * (by.length - old.length)
  if (chars > OUTPUT_CHARS_MAX)
    throw new Error(`the text would have ${chars} characters; the limit is ${OUTPUT_CHARS_MAX}`)
  return (
    parts
      .slice(0, times)
      .map((part) => part + by)
      .join('') + parts.slice(times).join(old)
  )
}

export function withoutTags(text: string): string {
  return text
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<[^<>]*>/g, '')
    .trim()
    .replace(/\s+/g, ' ')
}

/** Percent-encodes a text, or the entries of a map or list of pairs as a query. */
export function urlEncoded(value: Json): string {
  if (value === null || typeof value !== 'object') return quoteUrl(pythonText(value ?? ''))
  const pairs = isObject(value) ? Object.entries(value) : value
  return pairs
    .map((pair) => {
      if (!Array.isArray(pair) || pair.length !== 2)
        throw new Error('the filter "urlencode" needs a text, a map or pairs')
      return pair
        .map((part: Json) => quoteUrl(pythonText(part)).replaceAll('/', '%2F').replaceAll('%20', '+'))
        .join('=')
    })
    .join('&')
}

function quoteUrl(text: string): string {
  const encoded = encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd')).replaceAll('%2F', '/')
  return encoded.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** An integer as Jinja's `int` reads it, or null. */
export function parsedInteger(value: Json): number | null {
  if (typeof value === 'boolean' || typeof value === 'number') return Math.trunc(Number(value))
  const text = typeof value === 'string' ? value.trim().replaceAll('_', '') : ''
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Math.trunc(Number(text)) : null
}

const UNITS = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const

/** Bytes for people: `13 kB`, or `12.5 KiB` when binary. */
export function fileSize(bytes: number, binary: boolean): string {
  const base = binary ? 1024 : 1000
  if (!Number.isFinite(bytes)) throw new Error('the filter "filesizeformat" needs a number of bytes')
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`
  const power = Math.min(UNITS.length, Math.floor(Math.log(bytes) / Math.log(base) + 1e-12))
  const unit = UNITS[power - 1] ?? 'k'
  return `${(bytes / base ** power).toFixed(1)} ${binary ? `${unit.toUpperCase()}i` : unit}B`
}

const UUID = '[\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}'
const FLOW_RUN = new RegExp(`flow-runs?(?:/flow-run)?[/.](${UUID})`, 'i')

/** The run's id in a URL such as `…/runs/flow-run/<id>`, or nothing. */
export function flowRunId(url: string): string {
  return FLOW_RUN.exec(url)?.[1] ?? ''
}
