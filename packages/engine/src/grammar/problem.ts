import { closest, distance } from 'fastest-levenshtein'
import { z } from 'zod'

/** What is wrong with one place of an input, in words a person can act on. */
export interface Problem {
  /** Where, such as `trigger.match_related[0].prefect.resource.id`; `''` is the whole input. */
  readonly path: string
  readonly message: string
  /** The value that was given, shortened; absent where nothing was given. */
  readonly found?: string
  readonly expected?: string
  /** The known word closest to what was given. */
  readonly suggestion?: string
}

export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** An input with thousands of mistakes is answered with its first ones. */
export const PROBLEMS_MAX = 50
const FOUND_CHARS_MAX = 80

// An issue does not say which keys would have been right, so the schema that raised it notes them beside the issue.
const knownKeys = new WeakMap<readonly string[], readonly string[]>()

function noteKnownKeys(issue: z.core.$ZodRawIssue): undefined {
  if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) {
    knownKeys.set(issue.keys, Object.keys(issue.inst.shape))
  }
  return undefined
}

/** An object schema that refuses unknown keys, each with the known key closest to it as a suggestion. */
export function strictObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: noteKnownKeys })
}

/** Checks `input` against `schema`; mistakes come back as problems, never as an exception. */
export function validate<Schema extends z.ZodType>(schema: Schema, input: unknown): Validated<z.output<Schema>> {
  const result = schema.safeParse(input, { error: noteKnownKeys })
  return result.success ? { ok: true, value: result.data } : { ok: false, problems: problemsOf(result.error, input) }
}

/** Turns a zod error about `input` into at most `PROBLEMS_MAX` problems, with suggestions for near misses. */
export function problemsOf(error: z.ZodError, input: unknown): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, input)).slice(0, PROBLEMS_MAX)
}

function problemsOfIssue(issue: z.core.$ZodIssue, input: unknown): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(issue.path, key, knownKeys.get(issue.keys) ?? []))
  }
  const inner = issue.code === 'invalid_union' ? nearestBranch(issue) : []
  if (inner.length > 0) return inner.flatMap((nested) => problemsOfIssue(nested, input))
  const path = pathText(issue.path)
  const value = valueAt(input, issue.path)
  const found = value === undefined ? {} : { found: shortJson(value) }
  if (issue.code === 'invalid_value') return [{ path, ...found, ...wrongChoice(issue, value) }]
  if (issue.code === 'invalid_type' && value === undefined) {
    return [{ path, message: isDefaultMessage(issue) ? 'is required' : issue.message, expected: typeName(issue) }]
  }
  if (issue.code === 'invalid_type') {
    const message = isDefaultMessage(issue) ? `must be ${article(issue.expected)}` : issue.message
    return [{ path, message, ...found, expected: typeName(issue) }]
  }
  return [{ path, message: limitMessage(issue) ?? issue.message, ...found }]
}

const SIZES: Readonly<Record<string, string>> = { string: 'character', array: 'entry', set: 'entry' }

/** The words for a limit that was passed, where its schema has none of its own. */
function limitMessage(issue: z.core.$ZodIssue): string | null {
  if (issue.code !== 'too_big' && issue.code !== 'too_small') return null
  if (!/^Too (big|small):/.test(issue.message)) return null
  const limit = issue.code === 'too_big' ? issue.maximum : issue.minimum
  const bound = issue.code === 'too_big' ? 'at most' : 'at least'
  const size = SIZES[issue.origin]
  if (size !== undefined) return `must have ${bound} ${limit} ${counted(size, Number(limit))}`
  if (issue.inclusive !== false) return `must be ${bound} ${limit}`
  return `must be ${issue.code === 'too_big' ? 'below' : 'above'} ${limit}`
}

const counted = (one: string, count: number): string =>
  count === 1 ? one : one.endsWith('y') ? `${one.slice(0, -1)}ies` : `${one}s`

/** Of several allowed forms, the one that was meant is the one that fitted furthest down. */
function nearestBranch(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] {
  const depth = (branch: readonly z.core.$ZodIssue[]) => Math.max(0, ...branch.map((nested) => nested.path.length))
  const nearest = issue.errors.reduce<z.core.$ZodIssue[]>(
    (best, branch) => (depth(branch) > depth(best) ? branch : best),
    [],
  )
  return nearest.map((nested) => ({ ...nested, path: [...issue.path, ...nested.path] }))
}

function unknownKey(path: readonly PropertyKey[], key: string, known: readonly string[]): Problem {
  const suggestion = suggest(key, known)
  return {
    path: pathText([...path, key]),
    message: suggestion === undefined ? 'is not a known key' : `is not a known key; did you mean "${suggestion}"?`,
    ...(known.length > 0 && { expected: known.join(', ') }),
    ...(suggestion !== undefined && { suggestion }),
  }
}

function wrongChoice(issue: z.core.$ZodIssueInvalidValue, value: unknown): Omit<Problem, 'path' | 'found'> {
  const choices = issue.values.map(String)
  const suggestion = typeof value === 'string' ? suggest(value, choices) : undefined
  const expected = choices.map((choice) => `"${choice}"`).join(', ')
  const wanted = choices.length === 1 ? `must be ${expected}` : `must be one of ${expected}`
  const message = issue.message.startsWith('Invalid ') ? wanted : issue.message
  return { message, expected, ...(suggestion !== undefined && { suggestion }) }
}

/** The word of `known` that `word` was probably meant to be, or undefined when none is near. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || word.length > FOUND_CHARS_MAX) return undefined
  const folded = word.toLowerCase().replaceAll('-', '_')
  const byFold = known.find((candidate) => candidate.toLowerCase().replaceAll('-', '_') === folded)
  if (byFold !== undefined) return byFold
  const nearest = closest(word, [...known])
  return distance(word, nearest) <= Math.max(1, Math.floor(nearest.length / 3)) ? nearest : undefined
}

/** `['trigger', 'match_related', 0, 'a.b']` reads `trigger.match_related[0].a.b`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? String(part) : `.${String(part)}`
  }
  return text
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.getOwnPropertyDescriptor(value, part)?.value
  }
  return value
}

/** Shows a value in one short line of JSON. */
export function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > FOUND_CHARS_MAX ? `${text.slice(0, FOUND_CHARS_MAX - 1)}…` : text
}

function isDefaultMessage(issue: z.core.$ZodIssue): boolean {
  return issue.message.startsWith('Invalid input')
}

/** What a schema calls a record, JSON calls an object. */
function typeName({ expected }: z.core.$ZodIssueInvalidType): string {
  return expected === 'record' ? 'object' : expected
}

function article(expected: string): string {
  if (expected === 'record') return 'an object'
  if (expected === 'int') return 'an integer'
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`
}
