import { afterEach, beforeEach, expect, test } from 'vitest'
import { findPython } from './find-python.ts'
import { type ScratchProject, scratchProject } from './scratch-project.ts'

const python = await findPython(process.env.PATH)
let project: ScratchProject

beforeEach((ctx) => {
  if (python === null) ctx.skip('needs Python >= 3.8')
  project = scratchProject({ PATH: process.env.PATH, HOME: process.env.HOME })
})
afterEach(() => project?.[Symbol.dispose]())

async function outcomeOf(source: string, parameters = {}, entrypoint = 'flow.py:main') {
  project.write('flow.py', source)
  return (await project.run({ entrypoint, parameters })).outcome
}

test('the function gets the parameters by name, and what it returns is the result', async () => {
  project.write(
    'steps/flow.py',
    'def main(n, who="me"):\n    print("got", type(n).__name__, who)\n    return {"n": n + 1, "who": [who, None, 1.5, True]}',
  )
  const { outcome, text } = await project.run({ entrypoint: 'steps/flow.py:main', parameters: { n: 41, who: 'é😀' } })
  expect(outcome).toEqual({ kind: 'completed', result: { n: 42, who: ['é😀', null, 1.5, true] } })
  expect(text('stdout')).toEqual(['got int é😀'])
})

test('a coroutine is awaited', async () => {
  const source = 'import asyncio\nasync def main(n):\n    await asyncio.sleep(0)\n    return n * 2'
  expect(await outcomeOf(source, { n: 4 })).toEqual({ kind: 'completed', result: 8 })
})

test.each(['def', 'async def'])('%s with yield is run to its end; the values are the result', async (def) => {
  expect(await outcomeOf(`${def} main(n):\n    yield n\n    print("on")\n    yield n + 1`, { n: 1 })).toEqual({
    kind: 'completed',
    result: [1, 2],
  })
})

test('no return value is null', async () => {
  expect(await outcomeOf('def main(): pass')).toEqual({ kind: 'completed', result: null })
})

test('files beside the entrypoint and in the working directory can be imported, and sys.argv is the file', async () => {
  project.write('a/near.py', 'NEAR = 1')
  project.write('base.py', 'BASE = 2')
  project.write(
    'a/flow.py',
    'import sys, near, base\ndef main(): return [near.NEAR, base.BASE, len(sys.argv), __name__]',
  )
  const { outcome } = await project.run({ entrypoint: 'a/flow.py:main' })
  expect(outcome).toEqual({ kind: 'completed', result: [1, 2, 1, 'flow'] })
})

test('a file named as a module of the standard library still loads', async () => {
  project.write('json.py', 'def main(): return "mine"')
  expect((await project.run({ entrypoint: 'json.py:main' })).outcome).toEqual({ kind: 'completed', result: 'mine' })
})

test.each(['my_pkg.flows.main', 'my_pkg.flows:main'])('%s names a function by its package', async (entrypoint) => {
  project.write('my_pkg/__init__.py', '')
  project.write('my_pkg/part.py', 'VALUE = 7')
  project.write('my_pkg/flows.py', 'from .part import VALUE\ndef main(): return VALUE')
  expect((await project.run({ entrypoint })).outcome).toEqual({ kind: 'completed', result: 7 })
})

test('worker processes of multiprocessing find the function', async () => {
  const source = `
import multiprocessing
def double(n): return n * 2
def main():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.map(double, [1, 2])`
  expect(await outcomeOf(source)).toEqual({ kind: 'completed', result: [2, 4] })
})

test('an exception is a failure with its type, its message and a traceback of the user’s frames only', async () => {
  project.write('flow.py', 'def inner(): raise ValueError("no such row")\ndef main(): inner()')
  const { outcome, text } = await project.run({ entrypoint: 'flow.py:main' })
  expect(outcome).toMatchObject({
    kind: 'failed',
    message: 'no such row',
    errorType: 'ValueError',
    exitCode: 1,
    signal: null,
  })
  const traceback = 'traceback' in outcome ? outcome.traceback : ''
  expect(traceback).toContain('in inner')
  expect(traceback).not.toContain('python_shim')
  expect(text('stderr').join('\n')).toContain('ValueError: no such row')
})

test.each([
  ['import sys\ndef main(): sys.exit(4)', { kind: 'failed', errorType: 'SystemExit', exitCode: 4 }],
  [
    'import sys\ndef main(): sys.exit("words")',
    { kind: 'failed', message: expect.stringContaining('words'), exitCode: 1 },
  ],
  ['import sys\ndef main(): sys.exit()', { kind: 'completed', result: null }],
  ['import os\ndef main(): os._exit(5)', { kind: 'failed', exitCode: 5 }],
])('%j ends as it says', async (source, outcome) => {
  expect(await outcomeOf(source)).toMatchObject(outcome)
})

test.each([
  ['def mian(): pass', 'did you mean `mian`[?] Functions there: mian'],
  ['main = 3', '`main` in .* is not a function but int'],
  ['def main(:', 'flow.py, line 1: invalid syntax'],
  ['import no_such_package\ndef main(): pass', '`no_such_package` is not installed in Python 3.* at /'],
  ['from .part import x\ndef main(): pass', 'as package.module.function'],
])('%j fails with words', async (source, words) => {
  expect(await outcomeOf(source)).toMatchObject({ kind: 'failed', message: expect.stringMatching(words), exitCode: 1 })
})

test('a module that does not exist fails with words', async () => {
  const outcome = await outcomeOf('', {}, 'no_pkg.flows.main')
  expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('there is no module `no_pkg`') })
})

test('parameters that do not fit name the function and its parameters', async () => {
  const missing = await outcomeOf('def main(a, b=1): pass', { b: 2 })
  expect(missing).toMatchObject({
    message: "parameters do not fit `main(a, b=1)`: missing a required argument: 'a'. Given: b",
  })
  const unexpected = await outcomeOf('def main(a): pass', { a: 1, c: 2 })
  expect(unexpected).toMatchObject({ message: expect.stringContaining("unexpected keyword argument 'c'") })
})

test('a TypeError of the function itself is reported as it is', async () => {
  expect(await outcomeOf('def main(a): return 1 + "x"', { a: 1 })).toMatchObject({
    errorType: 'TypeError',
    message: expect.stringContaining('unsupported operand'),
  })
})

test('a result that is not JSON is kept as its repr, with a warning', async () => {
  project.write('flow.py', 'def main(): return {1, }')
  const { outcome, text } = await project.run({ entrypoint: 'flow.py:main' })
  expect(outcome).toEqual({ kind: 'completed', result: '{1}' })
  expect(text('system')).toEqual([expect.stringMatching(/the result \(set\) is not JSON .*: its repr\(\) was kept/)])
})

test('a result above 1 MiB is not kept, with a warning', async () => {
  project.write('flow.py', 'def main(): return "x" * 2_000_000')
  const { outcome, text } = await project.run({ entrypoint: 'flow.py:main' })
  expect(outcome).toEqual({ kind: 'completed', result: null })
  expect(text('system')).toEqual([expect.stringContaining('it was not kept')])
})

test('NaN is not JSON', async () => {
  expect(await outcomeOf('def main(): return float("nan")')).toEqual({ kind: 'completed', result: 'nan' })
})

test('without Python the run fails with what was looked for', async () => {
  project.write('flow.py', 'def main(): pass')
  const { outcome } = await project.run({ entrypoint: 'flow.py:main' }, { baseEnv: { PATH: project.directory } })
  expect(outcome).toMatchObject({
    kind: 'failed',
    message: 'no Python found: looked for python3, python on PATH; install Python >= 3.8 or set UPON_PYTHON',
  })
})

test('a Python that is named but missing fails with its path', async () => {
  project.write('flow.py', 'def main(): pass')
  const { outcome } = await project.run({ entrypoint: 'flow.py:main', python: '/no/python' })
  expect(outcome).toMatchObject({ kind: 'failed', message: expect.stringContaining('there is no program /no/python') })
})
