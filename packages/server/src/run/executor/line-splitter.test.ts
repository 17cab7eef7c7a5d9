import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineSplitter } from './line-splitter.ts'

function split(chunks: readonly Buffer[], charsMax?: number): string[] {
  const splitter = lineSplitter(charsMax)
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()]
}

test('however a text is cut into chunks, its lines are the same', () => {
  const line = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replace(/[\n\r\0]/g, '.'))
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
      const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
      const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
      expect(split(chunks)).toEqual(lines.map((text) => Buffer.from(text).toString('utf8')))
    }),
  )
})

test('a last line without a newline is delivered at the end', () => {
  expect(split([Buffer.from('one\ntwo')])).toEqual(['one', 'two'])
})

test('Windows line ends are taken off, carriage returns inside a line are kept', () => {
  expect(split([Buffer.from('50%\r100%\r\ndone\r')])).toEqual(['50%\r100%', 'done'])
})

test('bytes that are not UTF-8 and NUL become the replacement character', () => {
  expect(split([Buffer.from([0x61, 0xff, 0x62, 0x00, 0x0a, 0xe2, 0x82])])).toEqual(['a\uFFFDb\uFFFD', '\uFFFD'])
})

test('a line longer than the limit arrives in pieces that never cut a character in two', () => {
  expect(split([Buffer.from('abc😀def\nx')], 4)).toEqual(['abc', '😀de', 'f', 'x'])
})

test('a line that never ends does not grow: its pieces are delivered as they come', () => {
  const splitter = lineSplitter(10)
  const delivered = Array.from({ length: 100 }, () => splitter.push(Buffer.from('xxxxx'))).flat()
  expect(delivered.join('').length).toBeGreaterThanOrEqual(490)
})
