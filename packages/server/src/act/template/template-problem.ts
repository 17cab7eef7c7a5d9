import type { SyntaxFault } from './template-error.ts'

/** What is wrong with a template, found before anything is rendered. Lines and columns count from 1. */
export interface TemplateProblem {
  readonly message: string
  readonly line: number
  readonly column: number
  /** The line of the template with a caret under the place. */
  readonly snippet: string
}

const SNIPPET_CHARS_MAX = 120

/** A fault with its line, column and snippet. */
export function problemOf(fault: SyntaxFault, template: string): TemplateProblem {
  const before = template.slice(0, fault.offset).split('\n')
  return problemAt(template, fault.message, before.length, (before.at(-1) ?? '').length + 1)
}

export function problemAt(template: string, message: string, line: number, column: number): TemplateProblem {
  const text = template.split('\n')[line - 1] ?? ''
  const from = Math.max(0, column - SNIPPET_CHARS_MAX)
  const shown = text.slice(from, from + 2 * SNIPPET_CHARS_MAX)
  return { message, line, column, snippet: `${shown}\n${' '.repeat(Math.max(0, column - 1 - from))}^` }
}
