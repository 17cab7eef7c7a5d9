import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { runUpon, startTestServer, type TestServer } from './run-test-cli.ts'

let server: TestServer
let directory: string

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upon-apply-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
  await server.upon(['apply', '-f', '-', '--prune'], { input: '' })
})

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, name)), { recursive: true })
  await writeFile(join(directory, name), text)
}

const upon = (...argv: string[]) => server.upon(argv, { directory })

const ONE = `key: one
name: The first
trigger: {expect: [a.happened], match: {prefect.resource.id: "x.*"}, for_each: [prefect.resource.id], threshold: 3, within: 1h 30m}
actions:
  - {type: call-webhook, url: "http://127.0.0.1:1/{{ event.id }}", json: {text: "{{ event.payload.n }}"}}
`
const TWO = `key: two
trigger: {expect: [b.happened], after: [a.happened]}
actions: [{type: do-nothing}]
`

test('plan tells apply beforehand, apply does it, and then nothing differs', async () => {
  await write('all.yaml', `${ONE}---\n${TWO}---\n`)
  const planned = await upon('plan', '-f', 'all.yaml')
  expect(planned).toMatchObject({ code: 2, out: '  + automation one\n  + automation two\n' })
  expect(planned.err).toBe('2 automations, 2 would change\n')
  expect(await upon('apply', '-f', 'all.yaml')).toMatchObject({ code: 0, out: planned.out })
  expect(await upon('plan', '-f', 'all.yaml')).toMatchObject({
    code: 0,
    out: '  = automation one\n  = automation two\n',
    err: '2 automations, nothing would change\n',
  })
})

test('what is valid and probably not meant is warned of', async () => {
  await write(
    'loop.yaml',
    `key: loop\ntrigger: {expect: [prefect.flow-run.Completed]}\nactions: [{type: run-deployment, source: inferred}]\n`,
  )
  const { code, err } = await upon('plan', '-f', 'loop.yaml')
  expect(err).toMatch(/^ {2}warning loop: trigger\.expect: it fires on prefect\.flow-run\.Completed of every flow run/)
  expect(code).toBe(2)
})

test('a directory without automations is taken for a mistake, so that --prune removes nothing', async () => {
  await write('all.yaml', ONE)
  await upon('apply', '-f', 'all.yaml')
  await write('empty/notes.txt', 'nothing here')
  await write('empty/prefect.yaml', 'name: x')
  expect(await upon('apply', '-f', 'empty', '--prune')).toMatchObject({
    code: 1,
    err: 'error: empty holds no .yaml, .yml or .json file with automations; prefect.yaml is for "upon deploy"\n',
  })
  expect((await upon('automation', 'ls')).out).toContain('one')
})

test('a change is shown with what differs, and --prune removes what is in no file', async () => {
  await write('all.yaml', `${ONE}---\n${TWO}`)
  await upon('apply', '-f', 'all.yaml')
  await write('all.yaml', ONE.replace('threshold: 3', 'threshold: 5'))
  const planned = await upon('plan', '-f', 'all.yaml', '--prune')
  expect(planned.out).toBe('  ~ automation one\n      trigger.threshold: 3 → 5\n  - automation two\n')
  expect(planned.code).toBe(2)
  await upon('apply', '-f', 'all.yaml', '--prune')
  expect(JSON.parse((await upon('automation', 'ls', '--json')).out)).toMatchObject([{ key: 'one', version: 2 }])
})

test('applying an export changes nothing, from one stream and from a directory of files', async () => {
  await write('all.yaml', `${ONE}---\n${TWO}`)
  await upon('apply', '-f', 'all.yaml')
  const exported = await upon('export')
  expect(exported.out).toMatch(
    /^# yaml-language-server: \$schema=http:\/\/127\.0\.0\.1:\d+\/api\/v1\/schemas\/automation\.json\n/,
  )
  expect(await server.upon(['plan', '-f', '-'], { input: exported.out })).toMatchObject({ code: 0 })
  await upon('export', '--out', 'exported')
  expect((await readdir(join(directory, 'exported'))).sort()).toEqual(['one.yaml', 'two.yaml'])
  expect(await upon('plan', '-f', 'exported', '--prune')).toMatchObject({ code: 0 })
})

test('a directory is read with those below it, but not prefect.yaml, hidden files and other files', async () => {
  await write('defs/b/two.yml', TWO)
  await write('defs/one.yaml', ONE)
  await write('defs/prefect.yaml', 'deployments: []')
  await write('defs/.hidden/x.yaml', 'no: automation')
  await write('defs/readme.md', '# no automation')
  await write('defs/list.json', JSON.stringify([{ key: 'three', trigger: { expect: ['c'] }, actions: [] }]))
  const { out } = await upon('apply', '-f', 'defs')
  expect(out).toBe('  + automation two\n  + automation three\n  + automation one\n')
})

test.each([
  ['a.yaml', 'key: a\ntrigger: [1,\nactions: 2', /^error: a\.yaml:3:1: /],
  ['a.json', '{\n  "key": "a",\n}', /^error: a\.json:3:1: expected a key in double quotes/],
  ['a.yaml', 'key: a\ntriger: {}\nactions: []\n', /a\.yaml:2:1: triger: is not a known key; did you mean "trigger"\?/],
  [
    'a.yaml',
    'key: a\ntrigger: {}\nactions:\n  - {type: do-noting}\n',
    /a\.yaml:4:6: actions\[0\]\.type: .*did you mean "do-nothing"/,
  ],
  [
    'a.yaml',
    `${TWO}---\nkey: b\ntrigger: {threshold: many}\nactions: []\n`,
    /a\.yaml:6:11: trigger\.threshold: .*not "many"\n {2}6 \| trigger: \{threshold: many\}\n {4}\| {11}\^/,
  ],
  ['a.yaml', `${TWO}---\n${TWO}`, /^error: a\.yaml:5:1: the key "two" is used before, in a\.yaml:1:1$/],
  ['a.yaml', 'trigger: {}\nactions: []\n', /a\.yaml:1:1: key: is required/],
  ['a.yaml', 'just text', /a\.yaml:1:1: /],
])('%s with %j is refused at its line and column, and nothing is applied', async (name, text, expected) => {
  await write(name, text)
  const { code, err, out } = await upon('apply', '-f', name)
  expect(err.trimEnd()).toMatch(expected)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect((await upon('automation', 'ls', '--json')).out).toBe('[]\n')
})

test('what only the server can know is shown at its line as well', async () => {
  await write('a.yaml', `${TWO}---\nkey: b\ntrigger: {}\nactions:\n  - type: run-deployment\n    deployment: no/such\n`)
  const { code, err } = await upon('apply', '-f', 'a.yaml')
  expect(err).toMatch(/^error: a\.yaml:9:5: actions\[0\]\.deployment: there is no deployment "no\/such"/)
  expect(err).toContain('  9 |     deployment: no/such\n    |     ^')
  expect(code).toBe(1)
})

test('a file that is not there is named', async () => {
  expect(await runUpon(['apply', '-f', 'nowhere.yaml'], { directory })).toMatchObject({
    code: 1,
    err: 'error: could not read nowhere.yaml: there is no such file\n',
  })
})
