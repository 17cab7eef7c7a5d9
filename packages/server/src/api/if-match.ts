import type { IfMatch } from '../define/define-service.ts'
import { HttpProblem } from './http-problem.ts'

/** The `ETag` of a version. */
export const etag = (version: number) => ({ etag: `"${version}"` })

/** The version that `If-Match` names; any where it is left out or `*`. Throws `precondition_failed` for what no ETag of ours can be. */
export function ifMatch(header: string | null): IfMatch {
  const text = header?.trim() ?? '*'
  if (text === '*') return {}
  const version = /^(?:W\/)?"?(\d{1,15})"?$/.exec(text)?.[1]
  if (version !== undefined) return { ifMatch: Number(version) }
  throw new HttpProblem(
    'precondition_failed',
    `If-Match is ${JSON.stringify(text)}, expected the ETag of an earlier answer such as "3", or *`,
  )
}

/** Throws `precondition_failed` unless `version` is the one the caller has read. */
export function checkMatch(what: string, version: number, { ifMatch: wanted }: IfMatch): void {
  if (wanted === undefined || wanted === version) return
  throw new HttpProblem(
    'precondition_failed',
    `${what} is at version ${version}, not ${wanted}: read it again, then change it`,
    { headers: etag(version) },
  )
}
