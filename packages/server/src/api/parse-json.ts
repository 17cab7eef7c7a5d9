import { isUtf8 } from 'node:buffer'
import { pathText } from '@upon/engine'
import { findJsonMistake } from '../lib/json-mistake.ts'
import { JSON_DEPTH_MAX } from './body-limits.ts'
import { HttpProblem } from './http-problem.ts'
import { scanJson } from './json-scan.ts'
import { findUnkeepable } from './unkeepable.ts'

/**
 * Reads JSON as it came over the wire: a whole body, or its line `line`. Throws `HttpProblem` `malformed_body` with
 * line and column, and for what JSON can say but nothing here can keep.
 */
export function parseJson(bytes: Buffer, line: number | null = null): unknown {
  const where = line === null ? 'the body' : `line ${line}`
  const malformed = (what: string, members = {}) => new HttpProblem('malformed_body', `${where} ${what}`, { members })
  if (!isUtf8(bytes)) throw malformed('is not UTF-8')
  const { deepAt, suspicious } = scanJson(bytes, JSON_DEPTH_MAX)
  if (deepAt !== -1) throw malformed(`nests objects and arrays more than ${JSON_DEPTH_MAX} deep, at byte ${deepAt}`)
  const text = bytes.toString('utf8')
  const value = parsed(text)
  if (value === undefined) {
    const mistake = findJsonMistake(text)
    const place = `${line === null ? `line ${mistake.line}, ` : ''}column ${mistake.column}`
    const members = { line: line ?? mistake.line, column: mistake.column }
    throw malformed(`is not JSON: ${place}: ${mistake.message}`, members)
  }
  const lost = suspicious ? findUnkeepable(value) : null
  if (lost !== null) throw malformed(`cannot be kept as it is: ${pathText(lost.path)} ${lost.message}`)
  return value
}

/** Undefined, which JSON cannot say, for what is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
