import { HttpProblem } from './http-problem.ts'

export const JSON_TYPES: readonly string[] = ['application/json']

/** `application/json` of `application/json; charset=utf-8`; empty where none is given. */
export function mediaTypeOf(header: string | null): string {
  return header === null ? '' : (header.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** Throws `unsupported_media_type` for a compressed body, which would be read as if it were not. */
export function refuseEncoding(header: string | null): void {
  const encoding = (header ?? '').trim().toLowerCase()
  if (encoding === '' || encoding === 'identity') return
  throw new HttpProblem('unsupported_media_type', `the content encoding is ${encoding}; send the body without one`)
}

/**
 * The body's media type, which every changing request must name: forms and scripts of foreign pages can send a
 * request unasked, but not with one of these types. Throws `unsupported_media_type`.
 */
export function requiredMediaType(header: string | null, accepted: readonly string[]): string {
  const type = mediaTypeOf(header)
  if (accepted.includes(type)) return type
  const wanted = accepted.join(' or ')
  const given = type === '' ? 'the request names no content type' : `the content type is ${type}`
  throw new HttpProblem(
    'unsupported_media_type',
    `${given}, expected ${wanted}; with curl add -H 'content-type: ${accepted[0]}'`,
    { members: { accepted } },
  )
}
