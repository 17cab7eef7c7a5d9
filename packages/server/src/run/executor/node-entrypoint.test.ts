import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ScratchProject, scratchProject } from './scratch-project.ts'

let project: ScratchProject

beforeEach(() => {
  project = scratchProject({ PATH: process.env.PATH })
})
afterEach(() => project[Symbol.dispose]())

async function outcomeOf(file: string, source: string, parameters = {}) {
  project.write(file, source)
  return (await project.run({ entrypoint: `${file}:main`, parameters })).outcome
}

test('TypeScript runs with relative imports of TypeScript, and gets the parameters and the run', async () => {
  project.write('lib/add.ts', 'export type Sum = number\nexport const add = (a: number, b: number): Sum => a + b\n')
  project.write(
    'job.ts',
    `import { add, type Sum } from './lib/add.ts'
     interface Parameters { n: number }
     export async function main({ n }: Parameters, context: { runId: string; attempt: number }): Promise<Sum[]> {
       console.log(context.runId, process.argv.length)
       return [await Promise.resolve(add(n, 1)), context.attempt] satisfies Sum[]
     }`,
  )
  const { outcome, text } = await project.run({ entrypoint: 'job.ts:main', parameters: { n: 41 }, attempt: 2 })
  expect(outcome).toEqual({ kind: 'completed', result: [42, 2] })
  expect(text('stdout')).toEqual(['run-1 2'])
  expect(text('stderr')).toEqual([])
})

test.each([
  ['job.mts', 'export const main = (p: { n: number }): number => p.n'],
  ['job.cts', 'const main = (p: { n: number }): number => p.n\nmodule.exports = { main }'],
  ['job.mjs', 'export const main = (p) => p.n'],
  ['job.cjs', 'module.exports = { main: (p) => p.n }'],
  ['computed.cjs', "const name = 'main'\nmodule.exports[name] = (p) => p.n"],
  ['job.js', 'exports.main = (p) => p.n'],
])('%s runs', async (file, source) => {
  expect(await outcomeOf(file, source, { n: 7 })).toEqual({ kind: 'completed', result: 7 })
})

test('TypeScript with enums and parameter properties runs, also in what it imports', async () => {
  project.write(
    'level.ts',
    'export enum Level { Low = 1, High }\nexport class Box { constructor(readonly level: Level) {} }',
  )
  const source =
    "import { Box, Level } from './level.ts'\nenum Own { A = 5 }\nexport const main = () => [new Box(Level.High).level, Own.A]"
  expect(await outcomeOf('job.ts', source)).toEqual({ kind: 'completed', result: [2, 5] })
})

test('a function that returns nothing has the result null', async () => {
  expect(await outcomeOf('job.mjs', 'export function main() {}')).toEqual({ kind: 'completed', result: null })
})

test('an error is a failure with its type, message and a stack of the user’s frames only', async () => {
  project.write('job.ts', 'export function main(): void {\n\n  throw new RangeError("too far")\n}')
  const { outcome, text } = await project.run({ entrypoint: 'job.ts:main' })
  expect(outcome).toMatchObject({ kind: 'failed', message: 'too far', errorType: 'RangeError', exitCode: 1 })
  const traceback = 'traceback' in outcome ? outcome.traceback : ''
  expect(traceback).toContain('job.ts:3:')
  expect(traceback).not.toContain('node-shim')
  expect(text('stderr').join('\n')).toContain('RangeError: too far')
})

test.each([
  ['export async function main() { throw "words" }', { message: "'words'", errorType: 'string', exitCode: 1 }],
  ['export function main() { process.exit(4) }', { message: expect.stringContaining('exit code 4'), exitCode: 4 }],
  [
    'export const main = () => new Promise(() => {})',
    { message: expect.stringContaining('never settled'), exitCode: 13 },
  ],
  [
    'export const main = () => new Promise(() => setTimeout(() => { throw new Error("late") }))',
    { message: 'late', exitCode: 1 },
  ],
  [
    'export const main = () => { process.exitCode = 3 }',
    { message: expect.stringContaining('after its function had returned') },
  ],
  ['export const mian = () => {}', { message: expect.stringContaining('did you mean `mian`? Functions there: mian') }],
  ['export const main = 3', { message: expect.stringContaining('is not a function but number') }],
  ['import "./gone.mjs"', { message: expect.stringContaining('gone.mjs'), exitCode: 1 }],
  ['export function main( {', { errorType: 'SyntaxError', exitCode: 1 }],
])('%s fails with words', async (source, failure) => {
  expect(await outcomeOf('job.mjs', source)).toMatchObject({ kind: 'failed', ...failure })
})

test('TypeScript that cannot be read fails with words', async () => {
  expect(await outcomeOf('job.ts', 'export function main(a: ) {}')).toMatchObject({
    kind: 'failed',
    errorType: 'SyntaxError',
  })
})

test('process.exit(0) completes', async () => {
  expect(await outcomeOf('job.mjs', 'export const main = () => process.exit(0)')).toEqual({
    kind: 'completed',
    result: null,
  })
})

test.each([
  ['export const main = () => 10n', 'the result is not JSON'],
  ['export const main = () => "x".repeat(2_000_000)', 'more than 1048576'],
])('%s completes without its result, with a warning', async (source, words) => {
  project.write('job.mjs', source)
  const { outcome, text } = await project.run({ entrypoint: 'job.mjs:main' })
  expect(outcome).toEqual({ kind: 'completed', result: null })
  expect(text('system')).toEqual([expect.stringContaining(words)])
})

test('what a function leaves open does not keep its run alive for ever', async () => {
  project.write('job.mjs', 'export const main = () => { setInterval(() => {}, 1000); return 1 }')
  const { outcome, text } = await project.run({ entrypoint: 'job.mjs:main' })
  expect(outcome).toEqual({ kind: 'completed', result: 1 })
  expect(text('stderr')).toEqual([expect.stringContaining('with still open: Timeout')])
}, 20_000)
