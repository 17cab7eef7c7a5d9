import { readFileSync } from 'node:fs'
import type { JsonObject } from '@upon/engine'
import { isObject } from './view.ts'

const FOLDER = new URL('../../../../../fixtures/template/', import.meta.url)

/** The cases of a file of `fixtures/template`, one JSON object a line. For tests. */
export function templateCases(name: string): readonly JsonObject[] {
  const lines = readFileSync(new URL(`${name}.jsonl`, FOLDER), 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => object(JSON.parse(line)))
}

/** The context the cases about events are rendered in. */
export function eventContext(): JsonObject {
  return object(JSON.parse(readFileSync(new URL('event.json', FOLDER), 'utf8')))
}

function object(value: unknown): JsonObject {
  if (isObject(value)) return value
  throw new Error('a case is a JSON object')
}
