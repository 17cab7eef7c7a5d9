import type { Problem } from '@upon/engine'
import type { ProblemDetail } from '@upon/sdk'

/** A problem as the server told it, as one that can be put at its place in a file. */
export function asProblem({ path, message, found, expected, suggestion }: ProblemDetail): Problem {
  return {
    path,
    message,
    ...(found !== undefined && { found }),
    ...(expected !== undefined && { expected }),
    ...(suggestion !== undefined && { suggestion }),
  }
}
