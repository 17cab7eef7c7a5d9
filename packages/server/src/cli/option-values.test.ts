import { expect, test } from 'vitest'
import { columns } from './columns.ts'
import { relatedResource } from './event-input.ts'
import { jsonPairs, limit, pairs, runStates, seconds, wholeNumber } from './option-values.ts'
import { wantsColor } from './process-terminal.ts'
import { createStyle } from './style.ts'
import { howLong } from './words.ts'

test('a parameter is JSON where it reads as JSON and text where it does not', () => {
  let given = jsonPairs('n=41', undefined)
  for (const text of ['name=Ada', 'list=[1, 2]', 'text="41"', 'url=http://x/?a=b', 'empty='])
    given = jsonPairs(text, given)
  expect(given).toEqual({ n: 41, name: 'Ada', list: [1, 2], text: '41', url: 'http://x/?a=b', empty: '' })
})

test.each([
  [() => pairs('noequals', undefined), /Expected key=value/],
  [() => pairs('=value', undefined), /Expected key=value/],
  [() => wholeNumber(1)('0'), /from 1/],
  [() => wholeNumber(1)('1.5'), /whole number/],
  [() => limit('some'), /whole number/],
  [() => seconds('-1'), /seconds above 0/],
  [() => runStates('SCHEDLED', undefined), /Expected scheduled/],
  [() => runStates('gone', undefined), /Expected one of SCHEDULED, .*TimedOut/],
  [() => relatedResource('role=flow', undefined), /needs id=/],
  [() => relatedResource('id=1', undefined), /needs role=/],
  [() => relatedResource('flow', undefined), /Expected role=/],
])('%s is refused', (read, message) => {
  expect(read).toThrow(message)
})

test('states of runs are known in any case', () => {
  expect(runStates('timedout', runStates('Running', undefined))).toEqual(['RUNNING', 'TimedOut'])
})

test('a related resource is written with short names for its two required labels', () => {
  expect(relatedResource('role=flow,id=prefect.flow.1,team=web', undefined)).toEqual([
    { 'prefect.resource.role': 'flow', 'prefect.resource.id': 'prefect.flow.1', team: 'web' },
  ])
})

test('columns are aligned by what is seen, whatever the colors, and rows stay on one line', () => {
  const style = createStyle(true)
  const text = columns(
    style,
    ['A', 'B'],
    [
      [style.red('long cell'), 'x'],
      ['y', 'two\nlines'],
    ],
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colors are what is taken out
  expect(text.replaceAll(/\u001b\[\d+m/g, '')).toBe('A          B\nlong cell  x\ny          two lines\n')
})

test('colors are for terminals, and NO_COLOR wins', () => {
  expect(wantsColor({}, true)).toBe(true)
  expect(wantsColor({}, false)).toBe(false)
  expect(wantsColor({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false)
  expect(wantsColor({ FORCE_COLOR: '1' }, false)).toBe(true)
  expect(createStyle(false).red('plain')).toBe('plain')
})

test.each([
  [97.4, '97 ms'],
  [1_400, '1.4 s'],
  [59_999, '59.9 s'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
])('%d ms reads %s', (ms, text) => {
  expect(howLong(ms)).toBe(text)
})
