import { expect, test } from 'vitest'
import { parseEntrypoint } from './entrypoint.ts'

test.each([
  ['flow.py:main', { kind: 'python-file', path: 'flow.py', name: 'main' }],
  ['a b/flow.py:Steps.main', { kind: 'python-file', path: 'a b/flow.py', name: 'Steps.main' }],
  ['job.ts:run', { kind: 'node-file', path: 'job.ts', name: 'run' }],
  ['./src/job.mjs:default', { kind: 'node-file', path: './src/job.mjs', name: 'default' }],
  ['my_pkg.flows.main', { kind: 'python-module', module: 'my_pkg.flows', name: 'main' }],
  ['my_pkg.flows:main', { kind: 'python-module', module: 'my_pkg.flows', name: 'main' }],
])('%s is understood', (text, entrypoint) => {
  expect(parseEntrypoint(text)).toEqual({ entrypoint })
})

test.each([
  ['flow.py', 'add the function: "flow.py:function"'],
  ['flow.py:', 'no function is named after ":"'],
  ['bin/flow.rb:main', 'expected "path/file.py:function"'],
  ['main', 'expected "path/file.py:function"'],
  ['', 'entrypoint ""'],
])('%s is refused with what was expected', (text, words) => {
  const parsed = parseEntrypoint(text)
  expect('problem' in parsed && parsed.problem).toContain(words)
})
