import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer } from './run-test-cli.ts'

const pinged = fileURLToPath(new URL('../../../../examples/pinged', import.meta.url))
let server: TestServer
let directory: string

beforeEach(async () => {
  server = await startTestServer()
  directory = await mkdtemp(join(tmpdir(), 'upon-deploy-'))
  await writeFile(join(directory, 'flow.py'), 'def hello():\n    pass\n')
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

const upon = (...argv: string[]) => server.upon(argv, { directory })
const write = (text: string) => writeFile(join(directory, 'prefect.yaml'), text)

const FILE = `name: project
deployments:
  - name: one
    entrypoint: flow.py:hello
    work_pool: {name: pool}
    triggers:
      - expect: [a.b]
  - name: two
    entrypoint: flow.py:hello
    schedules: [{cron: "0 0 * * *"}]
    work_pool: {name: pool}
`

test('the example is deployed in the words of the demo, and again changes nothing', async () => {
  const first = await server.upon(['deploy', '--all'], { directory: pinged })
  expect(first.out).toBe(
    '  + work pool my-work-pool (process)   + deployment decorated-fn/my-deployment\n' +
      '  + automation my-deployment__automation_1: external.resource.pinged from my.external.resource\n',
  )
  expect(first.err).toContain('run it with: upon deployment run decorated-fn/my-deployment --watch\n')
  const again = await server.upon(['deploy', '--all'], { directory: pinged })
  expect(again.out).toBe(
    '  = deployment decorated-fn/my-deployment\n' +
      '  = automation my-deployment__automation_1: external.resource.pinged from my.external.resource\n',
  )
})

test('with several deployments the choice is asked for, and a wrong name gets a suggestion', async () => {
  await write(FILE)
  expect(await upon('deploy')).toMatchObject({
    code: 1,
    err: expect.stringContaining('there are several deployments: give --all, or --name with one of "one", "two"'),
  })
  expect((await upon('deploy', '-n', 'ones')).err).toContain('did you mean "one"?')
  expect(await upon('deploy', '--all', '-n', 'one')).toMatchObject({ code: 2 })
  expect((await upon('deploy', '-n', 'one')).out).toContain('+ deployment hello/one')
})

test('what is accepted and not used yet is said with its line', async () => {
  await write(FILE)
  const { code, err } = await upon('deploy', '--all')
  expect(code).toBe(0)
  expect(err).toMatch(/notice prefect\.yaml:10:5: deployments\[1\]\.schedules: .*not used yet/)
})

test('--trigger replaces the triggers of the file, which removes their automations', async () => {
  await write(FILE)
  await upon('deploy', '-n', 'one')
  const { out } = await upon('deploy', '-n', 'one', '--trigger', '{"name": "other", "expect": ["c.d"]}')
  expect(out).toContain('  + automation other: c.d\n')
  expect(out).toContain('  - automation one__automation_1\n')
})

test('a trigger that fires on what it launches is deployed with one warning', async () => {
  await write(FILE)
  const everyRun = '{"match": {"prefect.resource.id": "prefect.flow-run.*"}, "expect": ["prefect.flow-run.Completed"]}'
  const { code, err } = await upon('deploy', '-n', 'one', '--trigger', everyRun)
  expect(code).toBe(0)
  expect(err.match(/it fires on prefect\.flow-run\.Completed of every flow run/g)).toHaveLength(1)
  expect(err).toMatch(/^ {2}warning --trigger:1:\d+: expect: /m)
})

test('a dry run says what would change and changes nothing', async () => {
  await write(FILE)
  const { out, err } = await upon('deploy', '--all', '--dry-run')
  expect(out).toContain('+ deployment hello/two')
  expect(err).toContain('nothing was changed')
  expect(JSON.parse((await upon('deployment', 'ls', '--json')).out)).toEqual([])
})

test('an entrypoint on the command line needs no file', async () => {
  const { code, out } = await upon('deploy', 'flow.py:hello', '-n', 'direct', '--pool', 'mine')
  expect(out).toContain('+ work pool mine (process)   + deployment hello/direct')
  expect(code).toBe(0)
})

test('every mistake of the file is shown with its line, and nothing is deployed', async () => {
  await write(
    FILE.replace('expect: [a.b]', 'expct: [a.b]').replace(
      'flow.py:hello\n    schedules',
      'gone.py:hello\n    schedules',
    ),
  )
  const { code, err } = await upon('deploy', '--all')
  expect(code).toBe(1)
  expect(err).toMatch(/prefect\.yaml:7:9: .*expct: is not a known key; did you mean "expect"\?/)
  expect(err).toMatch(/prefect\.yaml:9:5: .*gone\.py/)
  expect(JSON.parse((await upon('deployment', 'ls', '--json')).out)).toEqual([])
})

test('without a file the way to one is shown', async () => {
  expect(await upon('deploy', '--all')).toMatchObject({
    code: 1,
    err: 'error: could not read prefect.yaml: there is no such file. Go to where your prefect.yaml is, or name it with --prefect-file\n',
  })
})

test('an event whose run finds no worker ends after the timeout with what to look at', async () => {
  await write(FILE)
  await upon('deploy', '-n', 'one')
  const { code, out, err } = await upon('event', 'emit', 'a.b', '-r', 'x', '--timeout', '0.3')
  expect(out).toMatch(/^ {2}fired → run \S+ → still Scheduled\n$/)
  expect(err).toMatch(/it waits for a worker of pool: upon worker ls\n$/)
  expect(code).toBe(1)
})

test('a deployment is listed, run with parameters, and its waiting run cancelled or started', async () => {
  await write(FILE)
  await upon('deploy', '-n', 'one')
  expect((await upon('deployment', 'ls')).out).toMatch(/hello\/one +flow\.py:hello +pool +no/)
  expect((await upon('flow', 'ls')).out).toContain('hello')
  const run = JSON.parse((await upon('deployment', 'run', 'hello/one', '-p', 'n=41', '--after', '1h', '--json')).out)
  expect(run).toMatchObject({ parameters: { n: 41 }, state: { type: 'SCHEDULED' } })
  expect((await upon('run', 'ls')).out).toContain(run.name)
  expect((await upon('run', 'start', run.name)).out).toMatch(/^~ run \S+: Scheduled, starts /)
  expect((await upon('run', 'cancel', run.name, '-m', 'enough')).out).toBe(`~ run ${run.name}: Cancelled\n`)
  expect(await upon('run', 'watch', run.name)).toMatchObject({
    code: 1,
    out: expect.stringMatching(/run \S+ → Cancelled.*enough/),
  })
  expect((await upon('run', 'logs', run.name)).code).toBe(0)
  expect((await upon('run', 'delete', run.name)).out).toBe(`- run ${run.name}\n`)
  expect((await upon('deployment', 'pause', 'hello/one')).out).toBe('~ deployment hello/one: schedules paused\n')
  expect((await upon('deployment', 'delete', 'hello/one')).code).toBe(0)
})
