import { SyntaxFault } from './template-error.ts'

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'operator'
  /** The text; for a string, what is between its quotes with escapes resolved. */
  readonly value: string
  readonly start: number
  readonly end: number
}

export interface TagContent {
  readonly tokens: readonly Token[]
  /** Where the content ends and the closing mark, with its sign, begins. */
  readonly end: number
  /** Where the tag ends. */
  readonly after: number
}

const SPACE = /\s+/y
const INTEGER = /\d+/y
const OPENING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const PATTERNS = [
  ['name', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['number', /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?/y],
  ['string', /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y],
  ['operator', /\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=!|.,:()[\]{}]/y],
] as const

/**
 * Reads the inside of one tag up to `closing` (`}}` or `%}`). Brackets are balanced, so that `{{ {'a': {'b': 1}} }}`
 * ends where a reader expects.
 */
export function readTokens(source: string, from: number, closing: string): TagContent {
  const tokens: Token[] = []
  const open: string[] = []
  let position = from
  while (true) {
    position = skip(SPACE, source, position)
    const after = open.length === 0 ? afterClosing(source, position, closing) : null
    if (after !== null) return { tokens, end: position, after }
    if (position >= source.length) throw new SyntaxFault(`the tag is not closed: expected "${closing}"`, from - 2)
    const token = readToken(source, position, tokens.at(-1)?.value === '.')
    balance(open, token, closing)
    tokens.push(token)
    position = token.end
  }
}

function afterClosing(source: string, position: number, closing: string): number | null {
  const sign = source[position] === '-' || source[position] === '+' ? 1 : 0
  return source.startsWith(closing, position + sign) ? position + sign + closing.length : null
}

function skip(pattern: RegExp, source: string, position: number): number {
  pattern.lastIndex = position
  return pattern.test(source) ? pattern.lastIndex : position
}

function readToken(source: string, start: number, afterDot: boolean): Token {
  for (const [kind, pattern] of PATTERNS) {
    // After a dot digits are an index: `items.0.1` is not the number 0.1.
    const end = skip(kind === 'number' && afterDot ? INTEGER : pattern, source, start)
    if (end === start) continue
    const text = source.slice(start, end)
    return { kind, value: kind === 'string' ? unescaped(text.slice(1, -1)) : text, start, end }
  }
  const character = String.fromCodePoint(source.codePointAt(start) ?? 0)
  const quote = character === '"' || character === "'"
  throw new SyntaxFault(quote ? 'the string is not closed' : `unexpected character "${character}"`, start)
}

function balance(open: string[], token: Token, closing: string): void {
  if (token.kind !== 'operator') return
  const expected = OPENING[token.value]
  if (expected !== undefined) open.push(expected)
  if (token.value !== ')' && token.value !== ']' && token.value !== '}') return
  const wanted = open.pop()
  if (wanted === token.value) return
  throw new SyntaxFault(`unexpected "${token.value}", expected "${wanted ?? closing}"`, token.start)
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

function unescaped(text: string): string {
  return text.replace(/\\(u[\da-fA-F]{4}|[\s\S])/g, (_, code: string) =>
    code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  )
}
