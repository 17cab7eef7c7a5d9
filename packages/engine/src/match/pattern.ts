import { Glob, type GlobToken, parseGlob } from './glob.ts'

/** `longer` is a prefix that must be followed by something; `none` matches nothing. */
export type PatternForm = 'none' | 'exact' | 'prefix' | 'longer' | 'suffix' | 'inner' | 'all' | 'glob'

/** A compiled pattern of a label value or an event name. */
export interface Pattern {
  /** As the user wrote it. */
  readonly source: string
  readonly negated: boolean
  readonly form: PatternForm
  /** The fixed text of every form but `all`; of a `glob` the longest fixed run. */
  readonly text: string
  /** What a `glob` starts with. */
  readonly head: string
  /** The machine of a `glob`; null for every other form. */
  readonly glob: LazyGlob | null
}

/** Builds its machine when it is first asked: most patterns never meet a value that gets past their fixed text. */
class LazyGlob {
  readonly #source: string
  readonly #parse: (source: string) => GlobToken[]
  #glob: Glob | null = null

  constructor(source: string, parse: (source: string) => GlobToken[]) {
    this.#source = source
    this.#parse = parse
  }

  accepts(value: string): boolean {
    this.#glob ??= new Glob(this.#parse(this.#source))
    return this.#glob.accepts(value)
  }
}

export const NOTHING: Pattern = { source: '', negated: false, form: 'none', text: '', head: '', glob: null }

/** Compiles a label value pattern: a shell glob, negated by one leading `!`. Case matters. */
export function compilePattern(source: string): Pattern {
  const negated = source.startsWith('!')
  const positive = negated ? source.slice(1) : source
  if (!/[*?[]/.test(positive)) return { source, negated, form: 'exact', text: positive, head: positive, glob: null }
  const glob = new LazyGlob(positive, parseGlob)
  return { source, negated, ...classify(parseGlob(positive), glob) }
}

/**
 * Compiles an event name pattern: literal text in which each `*` stands for at least one character. `?`, `[` and a
 * leading `!` are ordinary characters, as in Prefect.
 */
export function compileNamePattern(source: string): Pattern {
  if (!source.includes('*')) return { source, negated: false, form: 'exact', text: source, head: source, glob: null }
  const start = source.slice(0, -1)
  if (source.endsWith('*') && !start.includes('*'))
    return { source, negated: false, form: 'longer', text: start, head: start, glob: null }
  const { text, head } = classify(parseName(source), null)
  return { source, negated: false, form: 'glob', text, head, glob: new LazyGlob(source, parseName) }
}

function parseName(source: string): GlobToken[] {
  return Array.from(source, (character): GlobToken[] =>
    character === '*' ? ['any', 'run'] : [character.codePointAt(0) ?? 0],
  ).flat()
}

/** Whether a value that is there matches the pattern. */
export function patternAccepts(pattern: Pattern, value: string): boolean {
  return positiveAccepts(pattern, value) !== pattern.negated
}

function positiveAccepts(pattern: Pattern, value: string): boolean {
  switch (pattern.form) {
    case 'none':
      return false
    case 'exact':
      return value === pattern.text
    case 'prefix':
      return value.startsWith(pattern.text)
    case 'longer':
      return value.length > pattern.text.length && value.startsWith(pattern.text)
    case 'suffix':
      return value.endsWith(pattern.text)
    case 'inner':
      return value.includes(pattern.text)
    case 'all':
      return true
    case 'glob':
      // Nearly every value fails here, at a fraction of the machine's cost.
      return value.startsWith(pattern.head) && value.includes(pattern.text) && pattern.glob?.accepts(value) === true
  }
}

type Classified = Pick<Pattern, 'form' | 'text' | 'head' | 'glob'>

function classify(tokens: readonly GlobToken[], glob: LazyGlob | null): Classified {
  const runs = fixedRuns(tokens)
  const text = runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '')
  const head = typeof tokens[0] === 'number' ? (runs[0] ?? '') : ''
  const plain = tokens.every((token) => typeof token === 'number' || token === 'run')
  const single = (form: PatternForm): Classified => ({ form, text, head, glob: null })
  if (plain && runs.length === 0) return single(tokens.length === 0 ? 'exact' : 'all')
  if (plain && runs.length === 1) {
    const starts = tokens[0] === 'run'
    const ends = tokens.at(-1) === 'run'
    if (starts && ends) return single('inner')
    if (starts || ends) return single(starts ? 'suffix' : 'prefix')
    return single('exact')
  }
  return { form: 'glob', text, head, glob }
}

function fixedRuns(tokens: readonly GlobToken[]): string[] {
  const runs: string[] = []
  let open = false
  for (const token of tokens) {
    if (typeof token === 'number') runs.push((open ? runs.pop() : '') + String.fromCodePoint(token))
    open = typeof token === 'number'
  }
  return runs
}
