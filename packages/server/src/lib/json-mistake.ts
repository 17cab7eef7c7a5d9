/** The first mistake of a text that is not JSON. Lines and columns count from 1. */
export interface JsonMistake {
  readonly line: number
  readonly column: number
  readonly message: string
}

const SPACE = /[ \t\r\n]*/y
const STRING = /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const SHOWN = /[A-Za-z0-9_.+-]{1,20}|[\s\S]?/y

type Want = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or }' | ', or ]' | 'end'

const WANTED: Readonly<Record<Want, string>> = {
  value: 'a value',
  'value or ]': 'a value or "]"',
  key: 'a key in double quotes',
  'key or }': 'a key in double quotes or "}"',
  ':': '":" after the key',
  ', or }': '"," or "}"',
  ', or ]': '"," or "]"',
  end: 'the end of the text',
}

/**
 * Finds where JSON text stops being JSON. Only for texts `JSON.parse` has refused: engines differ in
 * what they say about the place, and the older ones say nothing.
 */
export function findJsonMistake(text: string): JsonMistake {
  const open: ('{' | '[')[] = []
  let want: Want = 'value'
  let at = skip(SPACE, text, 0)
  for (;;) {
    const taken = take(text, at, want, open)
    if (taken === null) return mistakeAt(text, at, want)
    want = taken.want
    at = skip(SPACE, text, taken.at)
    if (want === 'end' && at >= text.length) return mistakeAt(text, at, want)
  }
}

/** Takes one token where `want` allows it; null where it does not. */
function take(text: string, at: number, want: Want, open: ('{' | '[')[]): { at: number; want: Want } | null {
  const char = text[at]
  const close = (bracket: '{' | '[') => {
    if (open.at(-1) !== bracket) return null
    open.pop()
    return { at: at + 1, want: afterValue(open) }
  }
  if (want === ':') return char === ':' ? { at: at + 1, want: 'value' } : null
  if (want === ', or }' || want === ', or ]') {
    if (char === ',') return { at: at + 1, want: want === ', or }' ? 'key' : 'value' }
    return char === want.at(-1) ? close(char === '}' ? '{' : '[') : null
  }
  if (want === 'key' || want === 'key or }') {
    if (char === '}' && want === 'key or }') return close('{')
    const end = skip(STRING, text, at)
    return end > at ? { at: end, want: ':' } : null
  }
  if (want === 'end') return null
  if (char === ']' && want === 'value or ]') return close('[')
  return takeValue(text, at, open)
}

function takeValue(text: string, at: number, open: ('{' | '[')[]): { at: number; want: Want } | null {
  const char = text[at]
  if (char === '{' || char === '[') {
    open.push(char)
    return { at: at + 1, want: char === '{' ? 'key or }' : 'value or ]' }
  }
  const end = Math.max(skip(STRING, text, at), skip(NUMBER, text, at), skip(WORD, text, at))
  return end > at ? { at: end, want: afterValue(open) } : null
}

function afterValue(open: readonly ('{' | '[')[]): Want {
  const inside = open.at(-1)
  if (inside === undefined) return 'end'
  return inside === '{' ? ', or }' : ', or ]'
}

/** Where a match of `pattern` at `at` ends; `at` itself where there is none. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function mistakeAt(text: string, at: number, want: Want): JsonMistake {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  const column = at - before.lastIndexOf('\n')
  SHOWN.lastIndex = at
  const found = SHOWN.exec(text)?.[0] ?? ''
  const shown =
    found === ''
      ? 'the end of the text'
      : found === '"'
        ? 'text that is not closed or has a wrong escape'
        : `"${found}"`
  return { line, column, message: `expected ${WANTED[want]}, found ${shown}` }
}
