import type { Problem, ProblemDetail } from './contract/problem.ts'

/** The server refused a request or failed at it; `problem` is its whole answer. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super([problem.detail, ...(problem.problems ?? []).map(problemLine)].join('\n'))
    this.problem = problem
  }

  get status(): number {
    return this.problem.status
  }

  /** The kind of problem, for programs, such as `not_found`. */
  get code(): string {
    return this.problem.code
  }
}

/** The server could not be reached, or went away before it answered. */
export class ConnectionError extends Error {
  override name = 'ConnectionError'
  readonly url: string

  constructor(url: string, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.url = url
  }
}

function problemLine(problem: ProblemDetail): string {
  const where = problem.path === '' ? '' : `${problem.path}: `
  const found = problem.found === undefined ? '' : `, not ${problem.found}`
  // Many messages already name what was found or meant; saying it twice only makes them longer to read.
  const withFound =
    found === '' || problem.message.includes(problem.found ?? '') ? problem.message : problem.message + found
  const hint = problem.suggestion === undefined ? '' : ` (did you mean "${problem.suggestion}"?)`
  return `  ${where}${withFound}${problem.message.includes('did you mean') ? '' : hint}`
}
