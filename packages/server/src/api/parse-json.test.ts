import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findJsonMistake } from '../lib/json-mistake.ts'
import { JSON_DEPTH_MAX } from './body-limits.ts'
import { HttpProblem } from './http-problem.ts'
import { parseJson } from './parse-json.ts'

describe('a mistake in JSON is named with its line and column', () => {
  test.each([
    ['', 1, 1, 'expected a value, found the end of the text'],
    ['{"a": 1,}', 1, 9, 'expected a key in double quotes, found "}"'],
    ['{"a": 1\n "b": 2}', 2, 2, 'expected "," or "}", found text that is not closed or has a wrong escape'],
    ['{\n  "a": nope\n}', 2, 8, 'expected a value, found "nope"'],
    ["{'a': 1}", 1, 2, 'expected a key in double quotes or "}", found "\'"'],
    ['[1, 2', 1, 6, 'expected "," or "]", found the end of the text'],
    ['[1 2]', 1, 4, 'expected "," or "]", found "2"'],
    ['{"a" 1}', 1, 6, 'expected ":" after the key, found "1"'],
    ['{"a":1}}', 1, 8, 'expected the end of the text, found "}"'],
    ['{"a":"tab\there"}', 1, 6, 'expected a value, found text that is not closed or has a wrong escape'],
    ['{"event":"x"} {"event":"y"}', 1, 15, 'expected the end of the text, found "{"'],
    ['[01]', 1, 3, 'expected "," or "]", found "1"'],
    [']', 1, 1, 'expected a value, found "]"'],
    ['{"a":]', 1, 6, 'expected a value, found "]"'],
  ])('%j', (text, line, column, message) => {
    expect(findJsonMistake(text)).toEqual({ line, column, message })
  })
})

test('where the platform takes a text, the finder sees no mistake before its end', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.nat(3), (text, indent) => {
      const pretty = JSON.stringify(JSON.parse(text), null, indent)
      expect(findJsonMistake(`${pretty}!`).message).toBe('expected the end of the text, found "!"')
    }),
  )
})

test('JSON may nest to the limit and not one deeper, whatever its strings hold', () => {
  const nested = (depth: number) => Buffer.from(`${'['.repeat(depth)}"[[{\\"{["${']'.repeat(depth)}`)
  expect(parseJson(nested(JSON_DEPTH_MAX))).toBeInstanceOf(Array)
  expect(() => parseJson(nested(JSON_DEPTH_MAX + 1))).toThrow(
    `more than ${JSON_DEPTH_MAX} deep, at byte ${JSON_DEPTH_MAX}`,
  )
})

test('sixteen megabytes of brackets are refused without being built', () => {
  const started = performance.now()
  expect(() => parseJson(Buffer.alloc(16_000_000, '['))).toThrow(HttpProblem)
  expect(performance.now() - started).toBeLessThan(1_000)
})

test('bytes that are not UTF-8 are refused, not replaced', () => {
  expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('the body is not UTF-8')
})

test.each([
  ['{"payload":{"n":[1,1e999]}}', 'payload.n[1] is a number too large to keep'],
  ['{"n":-9E+400}', 'n is a number too large to keep'],
  ['{"a":"x\\ud800"}', 'a holds half a character'],
  ['{"a":"\\uDC00x"}', 'a holds half a character'],
  ['{"a":{"\\ud83d":1}}', 'a has a key with half a character'],
])('what could only be kept as something else is refused: %s', (text, message) => {
  expect(() => parseJson(Buffer.from(text))).toThrow(`the body cannot be kept as it is: ${message}`)
})

test.each(['{"n":1e3,"m":1.5E-999}', '"\\ud83d\\ude00"', '"\\\\ud800 3e999"', '[true,false,null]'])(
  'what can be kept is: %s',
  (text) => {
    expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text))
  },
)

test('a mistake on a line of its own names that line once', () => {
  expect(() => parseJson(Buffer.from('{"a" 1}'), 7)).toThrow(
    'line 7 is not JSON: column 6: expected ":" after the key, found "1"',
  )
})
