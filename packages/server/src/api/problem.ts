import { PROBLEM_TYPE, type Problem, type ProblemCode, type ProblemDetail, problemCodes } from '@upon/sdk'
import { IngestBusyError, IngestStoppedError } from '../ingest/ingest.ts'
import { UserError, type UserErrorCode } from '../lib/user-error.ts'
import { ConflictError, CursorError, StoreUnavailableError } from '../store/errors.ts'
import { type AnswerHeaders, jsonAnswer } from './answer.ts'
import { HttpProblem, type HttpProblemExtras } from './http-problem.ts'

/** Seconds after which to come back where nothing better is known. */
const RETRY_AFTER_S = 2

const CODE_OF_USER_ERROR: Readonly<Record<UserErrorCode, ProblemCode>> = {
  invalid: 'invalid_request',
  not_found: 'not_found',
  conflict: 'conflict',
  precondition_failed: 'precondition_failed',
  not_allowed: 'forbidden',
}

/** The problem document for `code`. */
export function problemOf(code: ProblemCode, detail: string, extras: HttpProblemExtras = {}): Problem {
  const { status, title } = problemCodes[code]
  return {
    type: `urn:upon:problem:${code}`,
    title,
    status,
    code,
    detail,
    ...(extras.problems !== undefined && { problems: [...extras.problems] }),
    ...extras.members,
  }
}

/** A failure the caller can be told about, or null: then it is a bug of ours. */
export function knownProblem(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error
  if (error instanceof UserError) return userProblem(error)
  if (error instanceof ConflictError) return new HttpProblem('conflict', error.message)
  if (error instanceof CursorError)
    return new HttpProblem('invalid_request', error.message, cursorProblem(error.message))
  if (error instanceof IngestBusyError) return later('overloaded', error.message, error.retryAfterS)
  if (error instanceof IngestStoppedError) return later('unavailable', error.message, RETRY_AFTER_S)
  if (error instanceof StoreUnavailableError) return storeProblem(error)
  return null
}

export function problemAnswer({ code, message, extras }: HttpProblem): Response {
  const problem = problemOf(code, message, extras)
  const headers: AnswerHeaders = { 'content-type': PROBLEM_TYPE, ...extras.headers }
  return jsonAnswer(problem.status, problem, headers)
}

/** Come back after `seconds`. */
export function later(code: 'overloaded' | 'unavailable', detail: string, seconds: number): HttpProblem {
  return new HttpProblem(code, detail, { headers: { 'retry-after': String(Math.ceil(seconds)) } })
}

function userProblem(error: UserError): HttpProblem {
  const problems: readonly ProblemDetail[] = error.problems
  return new HttpProblem(CODE_OF_USER_ERROR[error.code], error.message, problems.length === 0 ? {} : { problems })
}

function storeProblem(error: StoreUnavailableError): HttpProblem {
  return new HttpProblem('unavailable', `nothing was stored: ${error.message}`, {
    headers: { 'retry-after': String(RETRY_AFTER_S) },
    members: { reason: error.code },
  })
}

const cursorProblem = (message: string): HttpProblemExtras => ({ problems: [{ path: 'cursor', message }] })
