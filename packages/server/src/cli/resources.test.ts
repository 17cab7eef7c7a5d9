import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closedUrl, startTestServer, type TestServer } from './run-test-cli.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const upon = (...argv: string[]) => server.upon(argv)

test('variables are set, read, listed and deleted', async () => {
  expect(await upon('variable', 'set', 'limits', '{"cpu": 4}')).toMatchObject({
    code: 0,
    out: '+ variable limits = {"cpu":4}\n',
  })
  expect((await upon('variable', 'set', 'limits', '41', '--text')).out).toBe('~ variable limits = "41"\n')
  expect((await upon('variable', 'get', 'limits')).out).toBe('41\n')
  expect(JSON.parse((await upon('variable', 'get', 'limits', '--json')).out)).toMatchObject({
    name: 'limits',
    value: '41',
  })
  expect((await upon('variable', 'ls')).out).toMatch(/^NAME +VALUE +TAGS +UPDATED\nlimits +"41" /)
  expect((await upon('variable', 'delete', 'limits')).out).toBe('- variable limits\n')
  expect(await upon('variable', 'ls')).toMatchObject({ out: '', err: expect.stringContaining('no variables') })
  expect(await upon('variable', 'get', 'limits')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error: there is no variable "limits"/),
  })
})

test('work pools and their queues are created, changed, paused and deleted', async () => {
  expect((await upon('work-pool', 'create', 'gpu', '--concurrency-limit', '2')).out).toBe('+ work pool gpu (process)\n')
  expect((await upon('work-pool', 'pause', 'gpu')).out).toBe('~ work pool gpu (process), paused\n')
  expect((await upon('work-pool', 'resume', 'gpu')).out).toBe('~ work pool gpu (process)\n')
  await upon('work-pool', 'update', 'gpu', '--concurrency-limit', 'none', '--job-variables', '{"env": {"A": "b"}}')
  expect(JSON.parse((await upon('work-pool', 'inspect', 'gpu', '--json')).out)).toMatchObject({
    concurrency_limit: null,
    job_variables: { env: { A: 'b' } },
  })
  expect((await upon('work-queue', 'create', 'urgent', '-p', 'gpu', '--priority', '1')).out).toBe(
    '+ work queue gpu/urgent, priority 1\n',
  )
  expect((await upon('work-queue', 'ls', '-p', 'gpu')).out).toContain('urgent')
  expect((await upon('work-queue', 'delete', 'urgent', '-p', 'gpu')).out).toBe('- work queue gpu/urgent\n')
  expect((await upon('work-pool', 'delete', 'gpu')).out).toBe('- work pool gpu\n')
  expect(await upon('work-pool', 'update', 'gpu')).toMatchObject({ code: 2 })
  expect(await upon('work-pool', 'create', 'x', '--job-variables', '[1]')).toMatchObject({
    code: 1,
    err: 'error: --job-variables must be a JSON object such as {"n": 41}, not [1]\n',
  })
})

test('projects keep things apart', async () => {
  expect((await upon('project', 'create', 'vision')).out).toContain('+ project vision\n')
  await upon('variable', 'set', 'only-here', '1', '--project', 'vision')
  expect(JSON.parse((await upon('variable', 'ls', '--json', '--project', 'vision')).out)).toHaveLength(1)
  const { out } = await server.upon(['variable', 'ls', '--json'], { env: { UPON_PROJECT: 'vision' } })
  expect(JSON.parse(out)).toHaveLength(1)
  expect((await upon('project', 'ls')).out).toMatch(/^KEY .*\ndefault .*\nvision /)
  expect((await upon('variable', 'ls', '--project', 'vison')).code).toBe(1)
})

test('automations are created from a file, changed, paused under either word, and deleted', async () => {
  const input = 'key: alert\ntrigger: {expect: [a.b], match: {prefect.resource.id: x}}\nactions: [{type: do-nothing}]\n'
  const created = await server.upon(['trigger', 'create', '-f', '-'], { input })
  expect(created.out).toBe('  + automation alert: a.b from x, version 1\n')
  expect((await upon('automation', 'disable', 'alert')).out).toBe('~ automation alert: disabled, version 2\n')
  expect((await upon('automation', 'resume', 'alert')).out).toBe('~ automation alert: enabled, version 3\n')
  expect((await upon('automation', 'update', 'alert', '--description', 'new')).out).toContain('version 4')
  expect((await upon('automation', 'versions', 'alert')).out.split('\n')).toHaveLength(6)
  expect((await upon('automation', 'inspect', 'alert', '--at-version', '1')).out).toMatch(/^version: 1$/m)
  expect((await upon('automation', 'windows', 'alert')).err).toBe('no open windows\n')
  expect((await upon('automation', 'delete', 'alert')).out).toBe('- automation alert\n')
  expect((await upon('automation', 'inspect', 'alert')).code).toBe(1)
})

test('a list stops at its limit and says so; as JSON it is an array', async () => {
  for (const n of [1, 2, 3]) await upon('event', 'emit', 'listed', '-r', `item/${n}`, '--no-wait')
  const { out, err } = await upon('event', 'ls', '--event', 'listed', '--limit', '2', '--json')
  expect(
    JSON.parse(out).map((event: { resource: Record<string, string> }) => event.resource['prefect.resource.id']),
  ).toEqual(['item/3', 'item/2'])
  expect(err).toBe('there are more; --limit 20 shows them\n')
  expect((await upon('event', 'ls', '--event', 'listed', '--oldest-first', '--limit', '1')).out).toContain('item/1')
})

test('doctor names each thing it looked at, and fails when something is broken', async () => {
  const { code, out } = await upon('doctor', '--json')
  const findings: { name: string; status: string }[] = JSON.parse(out)
  expect(findings.map(({ name }) => name)).toEqual([
    'Node',
    'SQLite',
    'Data directory',
    'Python',
    'Git',
    'Web page',
    'Server',
    'Ready',
    'Clock',
  ])
  expect(code).toBe(findings.some(({ status }) => status === 'failed') ? 1 : 0)
  const unreachable = await upon('doctor', '--url', await closedUrl(), '--data', fileURLToPath(import.meta.url))
  expect(unreachable.code).toBe(1)
  expect(unreachable.out).toMatch(
    /failed Data directory: \S+resources\.test\.js cannot be written: .* is not a directory/,
  )
  expect(unreachable.out).toMatch(
    /warning Server: could not reach http:\/\/127\.0\.0\.1:\d+ .*\n {3}→ start one with "upon up"/,
  )
})

test('a mistyped name gets a suggestion, and the command that lists what there is', async () => {
  await upon('work-pool', 'create', 'gpu')
  expect((await upon('work-pool', 'inspect', 'gpuu')).err).toBe(
    'error: there is no work pool "gpuu"; did you mean "gpu"? "upon work-pool ls" lists them\n',
  )
  expect((await upon('work-pool', 'pause', 'gpuu')).err).toContain('did you mean "gpu"?')
  expect((await upon('deployment', 'run', 'a/b')).err).toBe(
    'error: there is no deployment "a/b"; "upon deployment ls" lists them\n',
  )
})
