import type { ApiDeps } from './deps.ts'
import { HttpProblem } from './http-problem.ts'
import { knownProblem, problemAnswer } from './problem.ts'

/** The answer to a failure. What is a bug of ours is logged under an id, and the answer shows that id alone. */
export function errorAnswer(deps: Pick<ApiDeps, 'log' | 'newId'>, error: unknown, route: string): Response {
  const known = knownProblem(error)
  if (known !== null) return problemAnswer(known)
  const errorId = deps.newId()
  deps.log.error({ err: error, errorId, route }, 'a request failed')
  const detail = `this is a bug, not your request; the server's log has the details under ${errorId}`
  return problemAnswer(new HttpProblem('internal', detail, { members: { error_id: errorId } }))
}
