import { isUtf8 } from 'node:buffer'
import { findJsonMistake } from '../lib/json-mistake.ts'
import { JSON_DEPTH_MAX } from './body-limits.ts'
import { HttpProblem } from './http-problem.ts'
import { tooDeepAt } from './json-depth.ts'

/**
 * Reads JSON as it came over the wire. Throws `HttpProblem` `malformed_body` with line and column.
 * `where` names the text in messages, such as `the body`.
 */
export function parseJson(bytes: Buffer, where = 'the body'): unknown {
  if (!isUtf8(bytes)) throw new HttpProblem('malformed_body', `${where} is not UTF-8`)
  const deep = tooDeepAt(bytes, JSON_DEPTH_MAX)
  if (deep !== -1) {
    throw new HttpProblem(
      'malformed_body',
      `${where} nests objects and arrays more than ${JSON_DEPTH_MAX} deep, at byte ${deep}`,
    )
  }
  const text = bytes.toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    const { line, column, message } = findJsonMistake(text)
    throw new HttpProblem('malformed_body', `${where} is not JSON: line ${line}, column ${column}: ${message}`, {
      members: { line, column },
    })
  }
}
