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
  const place = first.path === '' ? '' : `${first.path} `
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return `${place}${first.message}${more}`
}
