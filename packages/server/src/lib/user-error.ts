import { type Problem, suggest } from '@upon/engine'

/** Every way a request can be wrong, with the HTTP status it is answered with. */
export const USER_ERROR_STATUS = {
  invalid: 422,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  not_allowed: 403,
} as const

export type UserErrorCode = keyof typeof USER_ERROR_STATUS

/** The caller asked for something that cannot be done; the message says what, and how to do it right. Nothing was changed. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly code: UserErrorCode
  readonly problems: readonly Problem[]
  constructor(code: UserErrorCode, message: string, problems: readonly Problem[] = []) {
    super(message)
    this.code = code
    this.problems = problems
  }
}

/** What `reference` names does not exist; the nearest of `known` is what was perhaps meant. */
export function notFound(kind: string, reference: string, hint = '', known: readonly string[] = []): UserError {
  const nearest = suggest(reference, known)
  const hints = [...(nearest === undefined ? [] : [`did you mean "${nearest}"?`]), ...(hint === '' ? [] : [hint])]
  return new UserError('not_found', [`there is no ${kind} "${reference}"`, hints.join(' ')].filter(Boolean).join('; '))
}

export const invalid = (message: string, problems: readonly Problem[] = []): UserError =>
  new UserError('invalid', message, problems)
