import { ApiError, ConnectionError, type Problem, type ProblemDetail } from '@upon/sdk'
import { UserError } from '../lib/user-error.ts'
import { DataDirectoryLockedError, StoreUnavailableError } from '../store/errors.ts'
import type { Cli } from './cli.ts'
import { CliError, EXIT_FAILED } from './cli-error.ts'

/** Says on standard error what went wrong, in words; gives the exit code. */
export function reportError(error: unknown, cli: Cli, debug: boolean): number {
  const { style } = cli
  cli.note(`${style.red('error:')} ${messageOf(error)}`)
  const stack = error instanceof Error ? error.stack : undefined
  if (debug && stack !== undefined) cli.note(style.dim(stack))
  else if (!isExpected(error)) cli.note(style.dim('this is a mistake in upon itself; --debug shows where'))
  return error instanceof CliError ? error.exitCode : EXIT_FAILED
}

function isExpected(error: unknown): boolean {
  if (error instanceof CliError || error instanceof ApiError || error instanceof ConnectionError) return true
  if (error instanceof UserError || error instanceof StoreUnavailableError) return true
  // What the system says, such as a port in use or a file that cannot be written, has a code.
  return error instanceof DataDirectoryLockedError || (error instanceof Error && 'code' in error)
}

function messageOf(error: unknown): string {
  if (error instanceof ApiError) return problemText(error.problem)
  if (error instanceof UserError && error.problems.length > 0) {
    return [error.message, ...error.problems.map(problemLine)].join('\n')
  }
  return error instanceof Error ? error.message : String(error)
}

/** A problem of the server with each thing that is wrong on a line of its own, and nothing said twice. */
function problemText({ status, title, detail, problems = [] }: Problem): string {
  const hint = status === 401 ? ' (give it with --token or UPON_TOKEN)' : ''
  const [first] = problems
  if (first === undefined) return withCommand(detail) + hint
  if (!detail.includes(first.message)) return [detail, ...problems.map(problemLine)].join('\n')
  return problems.length === 1 ? detail : [title, ...problems.map(problemLine)].join('\n')
}

/** The server names the request that lists what there is; at a prompt the command is of more use. */
const withCommand = (detail: string): string =>
  detail.replace(/GET \/api\/v1\/([a-z-]+)s lists them/, '"upon $1 ls" lists them')

export function problemLine({ path, message, found, suggestion }: ProblemDetail): string {
  const where = path === '' ? '' : `${path}: `
  const given = found === undefined || message.includes(found) ? '' : `, not ${found}`
  const hint = suggestion === undefined || message.includes(suggestion) ? '' : `; did you mean "${suggestion}"?`
  return `  ${where}${message}${given}${hint}`
}
