import { array, assert, constantFrom, integer, option, property, record, string } from 'fast-check'
import { expect, test } from 'vitest'
import { formatSse, SseParser } from './index.ts'

function parsed(chunks: readonly string[]) {
  const parser = new SseParser()
  return chunks.flatMap((chunk) => parser.push(chunk))
}

test('messages survive any cut of the stream into chunks and any line ending', () => {
  const messages = array(
    record({
      event: option(constantFrom('ready', 'end', 'run'), { nil: undefined }),
      id: integer({ min: 0 }),
      data: string({ unit: 'binary' }).filter((text) => !text.includes('\r')),
    }),
  )
  const stream = property(
    messages,
    array(integer({ min: 0, max: 200 })),
    constantFrom('\n', '\r\n', '\r'),
    (sent, cuts, eol) => {
      const texts = sent.map(({ event, id, data }) => formatSse({ id, data, ...(event !== undefined && { event }) }))
      let rest = texts.join(': comment\n\n').replaceAll('\n', eol)
      const chunks: string[] = []
      for (const cut of cuts) {
        chunks.push(rest.slice(0, cut))
        rest = rest.slice(cut)
      }
      // A lone CR may be half of a CRLF until more arrives, so the stream goes on a little.
      const got = parsed([...chunks, rest, ': more\n'])
      expect(got).toEqual(sent.map(({ event, id, data }) => ({ event: event ?? 'message', id: String(id), data })))
    },
  )
  assert(stream, { numRuns: 300 })
})

test('a message keeps the id of an earlier one', () => {
  expect(parsed(['id: 7\ndata: a\n\ndata: b\n\n']).map(({ id }) => id)).toEqual(['7', '7'])
})

test('a message without end is refused before it fills the memory', () => {
  const parser = new SseParser()
  expect(() => {
    for (let chunk = 0; chunk < 20; chunk++) parser.push(`data: ${'x'.repeat(1_000_000)}\n`)
  }).toThrow('longer than')
})
