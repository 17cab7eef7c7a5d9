import type { SourceScan } from './source-scan.ts'

/** What can be seen in Python source without running it. */
export function scanPython(text: string): SourceScan {
  const masked = maskPython(text)
  const functions = topLevelFunctions(masked)
  const open = /^\s*from\s.+\simport\s+\*/m.test(masked) || /\b(globals|setattr|exec|__getattr__)\b/.test(masked)
  return {
    names: [...functions.keys()],
    has: (name) => functions.has(name) || open || isBound(masked, name),
    flowName: (name) => decoratedName(text, masked, functions.get(name) ?? []),
  }
}

const STRING = /"""(?:[^\\]|\\.)*?"""|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/gs

/** Blanks comments and what is inside strings, keeping every line and column. */
function maskPython(text: string): string {
  return text.replaceAll(STRING, (token) => {
    if (token.startsWith('#')) return ' '.repeat(token.length)
    const quote = /^("""|'''|"|')/.exec(token)?.[0] ?? '"'
    return quote + token.slice(quote.length, -quote.length).replaceAll(/[^\n]/g, ' ') + quote
  })
}

/** Where a decorator starts and ends in the source. */
type Span = readonly [number, number]

/** The functions and classes at the left margin, each with its decorators. */
function topLevelFunctions(masked: string): Map<string, readonly Span[]> {
  const found = new Map<string, readonly Span[]>()
  let decorators: Span[] = []
  for (let at = 0; at < masked.length; ) {
    const end = endOfStatement(masked, at)
    const line = masked.slice(at, end)
    const name = /^(?:async\s+def|def|class)\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(line)?.[1]
    if (line.startsWith('@')) decorators.push([at, end])
    else if (name !== undefined) found.set(name, decorators)
    if (!line.startsWith('@') && /^\S/.test(line)) decorators = []
    at = end + 1
  }
  return found
}

/** The end of the line that closes the brackets opened at `at`. */
function endOfStatement(masked: string, at: number): number {
  let depth = 0
  for (let end = at; end < masked.length; end += 1) {
    const char = masked[end]
    if (char === '(' || char === '[' || char === '{') depth += 1
    else if (char === ')' || char === ']' || char === '}') depth -= 1
    else if (char === '\n' && depth <= 0 && masked[end - 1] !== '\\') return end
  }
  return masked.length
}

/** Whether a name is given to anything, at the margin or not, by an import, or by assignment. */
function isBound(masked: string, name: string): boolean {
  const escaped = name.replaceAll('$', '\\$')
  const forms = [
    `\\b(?:def|class|as|for)\\s+${escaped}\\b`,
    `\\b${escaped}\\s*(?::[^=\\n]+)?:?=(?!=)`,
    `\\bimport\\b[^\\n(]*\\b${escaped}\\b`,
    `\\bimport\\s*\\([^)]*\\b${escaped}\\b`,
  ]
  return forms.some((form) => new RegExp(form).test(masked))
}

/** The name a `@flow(name=…)` decorator gives; undefined when it gives one that has to be computed. */
function decoratedName(text: string, masked: string, decorators: readonly Span[]): string | null | undefined {
  for (const [start, end] of decorators) {
    const decorator = masked.slice(start, end)
    if (!/^@\s*(?:[\w.]+\.)?flow\s*\(/.test(decorator)) continue
    for (const argument of decorator.matchAll(/\bname\s*=\s*/g)) {
      if (depthAt(decorator, argument.index) !== 1) continue
      const from = start + argument.index + argument[0].length
      const quote = masked.charAt(from)
      const to = masked.indexOf(quote, from + 1)
      const closed = (quote === '"' || quote === "'") && to > from && /^\s*[,)]/.test(masked.slice(to + 1))
      const name = text.slice(from + 1, to)
      return closed && !name.includes('\\') ? name : undefined
    }
  }
  return null
}

function depthAt(text: string, end: number): number {
  let depth = 0
  for (const char of text.slice(0, end)) {
    if (char === '(') depth += 1
    else if (char === ')') depth -= 1
  }
  return depth
}
