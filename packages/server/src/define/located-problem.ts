import type { Problem } from '@upon/engine'

/** A place in a file; lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A problem with the place in the file that causes it. */
export interface LocatedProblem extends Problem, Place {
  /** The line it is on, as it is written. */
  readonly excerpt: string
}

/** `prefect.yaml:12:9`, which terminals and editors turn into a link. */
export const placeText = ({ file, line, column }: Place): string => `${file}:${line}:${column}`

/** A problem for people: place, path and message, then the offending line with a caret below the place. */
export function problemText(problem: LocatedProblem): string {
  const { path, message, found, suggestion, line, column, excerpt } = problem
  const subject = path === '' ? '' : `${path}: `
  const given = found === undefined || message.includes(found) ? '' : `, not ${found}`
  const hint = suggestion === undefined || message.includes(suggestion) ? '' : `; did you mean "${suggestion}"?`
  const head = `${placeText(problem)}: ${subject}${message}${given}${hint}`
  if (excerpt.trim() === '') return head
  const gutter = String(line)
  const indent = excerpt.slice(0, column - 1).replaceAll(/[^\t]/g, ' ')
  return [head, `  ${gutter} | ${excerpt}`, `  ${' '.repeat(gutter.length)} | ${indent}^`].join('\n')
}
