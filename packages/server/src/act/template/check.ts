import { suggest } from '@upon/engine'
import type { Template } from './analyze.ts'
import { newEnvironment } from './engine.ts'
import { KNOWN_FILTERS, KNOWN_TESTS } from './known-names.ts'
import { LOOP_DEPTH_MAX, LOOPS_MAX, TAG_TOKENS_MAX } from './limits.ts'
import { parsable } from './rewrite.ts'
import type { Tag } from './tags.ts'
import { SyntaxFault } from './template-error.ts'
import { problemAt, type TemplateProblem } from './template-problem.ts'
import type { Token } from './tokens.ts'

const NEEDS_OTHER_TEMPLATES = new Set(['include', 'import', 'from', 'extends'])

/** Refuses what the limits forbid and names that do not exist. Throws a `SyntaxFault`. */
export function checkTags(template: Template): void {
  const tags = template.tags.map(({ tag }) => tag)
  checkLoops(tags)
  for (const tag of tags) {
    if (tag.tokens.length > TAG_TOKENS_MAX) {
      throw new SyntaxFault(
        `the tag has ${tag.tokens.length} words and operators; the limit is ${TAG_TOKENS_MAX}`,
        tag.start,
      )
    }
    checkBlock(tag)
    tag.tokens.forEach((token, index) => {
      checkRepetition(tag.tokens, index)
      checkName(tag.tokens, index, token)
    })
  }
}

function checkLoops(tags: readonly Tag[]): void {
  let loops = 0
  let depth = 0
  for (const { kind, tokens, start } of tags) {
    const name = kind === 'block' ? tokens[0]?.value : undefined
    if (name === 'endfor') depth -= 1
    if (name !== 'for') continue
    loops += 1
    depth += 1
    if (loops > LOOPS_MAX) throw new SyntaxFault(`more than ${LOOPS_MAX} "for" loops in one template`, start)
    if (depth > LOOP_DEPTH_MAX) throw new SyntaxFault(`"for" loops are nested more than ${LOOP_DEPTH_MAX} deep`, start)
  }
}

function checkBlock({ kind, tokens }: Tag): void {
  const [name] = tokens
  if (kind !== 'block' || !name) return
  if (!NEEDS_OTHER_TEMPLATES.has(name.value)) return
  throw new SyntaxFault(`"${name.value}" is not available: there are no other templates to load`, name.start)
}

/**
 * One multiplication can make more text than there is memory, so it is refused where text is seen to be multiplied.
 * The engine would already do it while parsing, when everything in it is constant.
 */
function checkRepetition(tokens: readonly Token[], index: number): void {
  const operator = tokens[index]
  if (operator?.kind !== 'operator' || operator.value !== '*') return
  if (!hasText(tokens, index - 1, -1) && !hasText(tokens, index + 1, 1)) return
  const message = 'text cannot be repeated with "*": write it out, or use the filter "center" or "indent"'
  throw new SyntaxFault(message, operator.start)
}

/** Whether the operand at `index` is a string, or brackets (not those of a call) with a string in them. */
function hasText(tokens: readonly Token[], index: number, direction: 1 | -1): boolean {
  const operand = tokens[index]
  if (operand?.kind !== 'operator') return operand?.kind === 'string'
  if (operand.value !== (direction === 1 ? '(' : ')')) return false
  let depth = 0
  let text = false
  for (let at = index; at >= 0 && at < tokens.length; at += direction) {
    const token = tokens[at]
    if (token?.kind === 'string') text = true
    if (token?.kind !== 'operator') continue
    if (token.value === '(') depth += direction
    if (token.value === ')') depth -= direction
    if (depth === 0) return text && !(direction === -1 && tokens[at - 1]?.kind === 'name')
  }
  return false
}

function checkName(tokens: readonly Token[], index: number, token: Token): void {
  if (token.kind !== 'name') return
  const [before, second] = [tokens[index - 1], tokens[index - 2]]
  const inFilterTag = index === 1 && before?.value === 'filter'
  if (inFilterTag || (before?.kind === 'operator' && before.value === '|')) known(token, 'filter', KNOWN_FILTERS)
  const afterIs = before?.kind === 'name' && before.value === 'is' && token.value !== 'not'
  const afterIsNot = before?.kind === 'name' && before.value === 'not' && second?.value === 'is'
  if (afterIs || afterIsNot) known(token, 'test', KNOWN_TESTS)
}

function known(token: Token, kind: string, names: readonly string[]): void {
  if (names.includes(token.value)) return
  const suggestion = suggest(token.value, names)
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`
  throw new SyntaxFault(`there is no ${kind} "${token.value}"${hint}`, token.start)
}

/** Parses a template with the engine, without running it. */
export function checkSyntax(template: Template): TemplateProblem | null {
  const environment = newEnvironment()
  try {
    environment.addTemplate('template', parsable(template))
  } catch (error) {
    return engineProblem(template.source, error)
  }
  // Only after success: an environment whose parser gave up may not be touched again.
  environment.free()
  return null
}

/** The engine tells the line in its first line, and the column by a caret under the source. */
function engineProblem(source: string, error: unknown): TemplateProblem {
  const text = error instanceof Error ? error.message : String(error)
  const [, message = 'the template is too complex', line = '1'] =
    /^(?:syntax error: )?(.*) \(in .*?:(\d+)\)/.exec(text) ?? []
  const caret = /^( +i +)\^/m.exec(text)?.[1]
  const marked = /^( +\d+ > )/m.exec(text)?.[1]
  const column = caret && marked ? caret.length - marked.length + 1 : 1
  return problemAt(source, message, Number(line), Math.max(1, column))
}
