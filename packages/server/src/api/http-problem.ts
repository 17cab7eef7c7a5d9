import type { ProblemCode, ProblemDetail } from '@upon/sdk'

export interface HttpProblemExtras {
  readonly problems?: readonly ProblemDetail[]
  readonly headers?: Readonly<Record<string, string>>
  /** Further members of the problem document. */
  readonly members?: Readonly<Record<string, unknown>>
}

/** A request that HTTP itself, or the shape of the API, refuses. `detail` says what would be right. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly code: ProblemCode
  readonly extras: HttpProblemExtras
  constructor(code: ProblemCode, detail: string, extras: HttpProblemExtras = {}) {
    super(detail)
    this.code = code
    this.extras = extras
  }
}
