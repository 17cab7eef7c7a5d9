import { expect, test } from 'vitest'
import { checkEntrypoint } from './check-entrypoint.ts'
import { FIXTURES } from './read-fixture.ts'
import { sourceFiles } from './source-files.ts'

const check = (entrypoint: string) => checkEntrypoint(entrypoint, FIXTURES, sourceFiles)

/** Looks at one file that is only here. */
function checkSource(path: string, text: string, name: string) {
  const files = { ...sourceFiles, read: async (asked: string) => (asked === `/src/${path}` ? text : null) }
  return checkEntrypoint(`${path}:${name}`, '/src', files)
}

test.each([
  ['flows/etl.py:daily_report', 'daily-report'],
  ['./flows/etl.py:nightly_report', 'Nightly (EU)'],
  ['flows/etl.py:plain', 'plain'],
  ['flows.etl.daily_report', 'daily-report'],
  ['flows.etl:nightly_report', 'Nightly (EU)'],
  ['installed_package.flows.some_flow', 'some-flow'],
  ['flows/job.ts:retrain', 'retrain'],
])('%s is the flow %s', async (entrypoint, flowName) => {
  expect(await check(entrypoint)).toEqual({ flowName, computed: false, problem: null })
})

test.each([
  ['flows/nope.py:main', `there is no file flows/nope.py in ${FIXTURES}`],
  ['flows/etl.py:daly_report', 'flows/etl.py has no function "daly_report"; did you mean "daily_report"?'],
  ['flows.etl.daly_report', 'flows/etl.py has no function "daly_report"; did you mean "daily_report"?'],
  ['flows/job.ts:retrane', 'flows/job.ts exports no "retrane"; did you mean "retrain"?'],
  ['flows/etl.py', 'expected "path/file.py:function"'],
])('%s is refused: %s', async (entrypoint, message) => {
  expect((await check(entrypoint)).problem?.message).toContain(message)
})

test.each([
  ['class Steps:\n    @flow\n    def main(self): pass\n', 'Steps.main'],
  ['def f(): pass\nmain = flow(f, name="x")\n', 'main'],
  ['from .other import (\n  main,\n  more,\n)\n', 'main'],
  ['from .other import start as main\n', 'main'],
  ['from .other import *\n', 'main'],
  ['if True:\n    def main(): pass\n', 'main'],
  ['globals()["main"] = 3\n', 'main'],
])('Python that may well have the function is believed: %j', async (text, name) => {
  expect((await checkSource('a.py', text, name)).problem).toBeNull()
})

test.each([
  ['"""\ndef main(): pass\n"""\n', 'a.py'],
  ['# def main(): pass\nmain(1)\n', 'a.py'],
  ['if main == 1: pass\n', 'a.py'],
  ['export const other = 1\nfunction main() {}\n', 'a.ts'],
  ['export const other = "export function main() {}"\n', 'a.mjs'],
])('source that surely lacks the function is refused: %j', async (text, path) => {
  if (path === 'a.mjs') return expect((await checkSource(path, text, 'mian')).problem).not.toBeNull()
  return expect((await checkSource(path, text, 'main')).problem).not.toBeNull()
})

test.each([
  ['@flow(name="A \'b\'")\ndef main(): pass', "A 'b'", false],
  ['@prefect.flow(name=\'x\')  # @flow(name="y")\ndef main(): pass', 'x', false],
  ['@flow(runner=Runner(name="pool"), description="name=\'no\'")\ndef main(): pass', 'main', false],
  ['@other(name="z")\n\n# about\n@flow(\n  retries=1,\n  name="Real",\n)\nasync def main(): pass', 'Real', false],
  ['@flow(name=NAME)\ndef main(): pass', 'main', true],
  ['@flow(name=f"{a}")\ndef main(): pass', 'main', true],
  ['@flow(name="a" + b)\ndef main(): pass', 'main', true],
  ['@flow(name="other")\ndef other(): pass\n\ndef main(): pass', 'main', false],
])('%j is the flow %j', async (text, flowName, computed) => {
  expect(await checkSource('a.py', text, 'main')).toEqual({ flowName, computed, problem: null })
})

test.each([
  ['export default function () {}', 'default'],
  ['const main = 1\nexport { main as start, main }', 'start'],
  ['exports.main = () => {}', 'main'],
  ['module.exports = { main }', 'main'],
  ["export * from './other.ts'", 'main'],
  ['export const quote = /"/; export function main() {}', 'main'],
])('JavaScript that exports the function is believed: %j', async (text, name) => {
  expect((await checkSource('a.js', text, name)).problem).toBeNull()
})
