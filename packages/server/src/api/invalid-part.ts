import type { Problem } from '@upon/engine'
import { HttpProblem } from './http-problem.ts'

/** The first problem of one part of a request in one sentence, and all of them beside it. */
export function invalidPart(where: string, problems: readonly Problem[]): HttpProblem {
  return new HttpProblem('invalid_request', `${where}: ${problemsText(problems)}`, { problems })
}

/** The first of several problems in words, and how many more there are. */
export function problemsText(problems: readonly Problem[]): string {
  const [first] = problems
  if (first === undefined) return 'is not valid'
  // A message either continues the path ("must be text") or is a sentence of its own.
  const link = /^(?:must|is|are|has|holds|expected)\b/.test(first.message) ? ' ' : ': '
  const place = first.path === '' ? '' : first.path + link
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return `${place}${first.message}${more}`
}
