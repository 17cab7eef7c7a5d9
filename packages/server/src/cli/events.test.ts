import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from './run-cli.ts'
import { startTestServer, type TestServer } from './run-test-cli.ts'
import { createTestTerminal } from './test-terminal.ts'

let server: TestServer

const AUTOMATIONS = `key: pinged
trigger: {expect: [pinged], match: {prefect.resource.id: right}}
actions: [{type: do-nothing}, {type: emit-event, event: pong, resource: {prefect.resource.id: pong}}]
---
key: counted
trigger: {expect: [counted], threshold: 2, within: 1h}
actions: [{type: do-nothing}]
`

beforeAll(async () => {
  server = await startTestServer()
  await server.upon(['apply', '-f', '-'], { input: AUTOMATIONS })
})
afterAll(() => server[Symbol.asyncDispose]())

const upon = (...argv: string[]) => server.upon(argv)

test('an event is followed to the end of what it launched', async () => {
  const { code, out } = await upon('event', 'emit', 'pinged', '--resource', 'right')
  expect({ code, out }).toEqual({ code: 0, out: '  fired → do-nothing → emit-event\n' })
})

test('an event that launches nothing says why, in the words of the matcher', async () => {
  const { code, out } = await upon('event', 'emit', 'pinged', '--resource', 'wrong')
  expect(out).toBe(
    '  did not fire: prefect.resource.id is "wrong", wanted "right" (and 1 other automation; "upon event explain" shows all)\n',
  )
  expect(code).toBe(0)
  expect((await upon('event', 'emit', 'counted', '-r', 'x')).out).toMatch(
    /did not fire: matched, and counts as 1 where 2 are wanted/,
  )
})

test('as JSON each step is a line', async () => {
  const { out } = await upon('event', 'emit', 'pinged', '-r', 'right', '--json')
  const steps = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).kind)
  expect(steps).toEqual(['accepted', 'fired', 'action', 'action', 'launched'])
})

test('an event is explained afterwards, as a whole and for one automation', async () => {
  const [accepted] = (await upon('event', 'emit', 'pinged', '-r', 'right', '--json')).out.split('\n')
  const { id } = JSON.parse(accepted ?? '')
  const { out } = await upon('event', 'explain', id)
  expect(out).toMatch(/^pinged from right at position \d+\n {2}pinged \(version 1\) fired: /)
  expect((await upon('automation', 'explain', 'pinged', id)).out).toMatch(/^pinged \(version 1\) fired: /)
  expect((await upon('automation', 'explain', 'counted', id)).out).toMatch(/^counted .*did not fire/)
  const [launch] = JSON.parse((await upon('launch', 'ls', '--event', id, '--json')).out)
  expect(launch).toMatchObject({ automation: { key: 'pinged' } })
  expect((await upon('launch', 'inspect', launch.id)).out).toContain('state: succeeded')
  expect((await upon('automation', 'logs', 'pinged', '--limit', '1')).out).toContain('do-nothing succeeded')
  expect((await upon('event', 'inspect', id)).out).toContain('event: pinged')
})

test('all of an event can be given: labels, related resources, payload from a file or standard input', async () => {
  const { out } = await server.upon(
    [
      'event',
      'emit',
      'full',
      '-r',
      'x',
      '-l',
      'env=prod',
      '--related',
      'role=flow,id=f1',
      '--payload',
      '-',
      '--occurred',
      '2026-01-31T08:00:00Z',
      '--no-wait',
      '--json',
    ],
    { input: '{"n": 41}' },
  )
  const { id } = JSON.parse(out)
  expect(JSON.parse((await upon('event', 'inspect', id, '--json')).out)).toMatchObject({
    event: 'full',
    occurred: expect.stringMatching(/^2026-01-31T08:00:00/),
    resource: { 'prefect.resource.id': 'x', env: 'prod' },
    related: [{ 'prefect.resource.id': 'f1', 'prefect.resource.role': 'flow' }],
    payload: { n: 41 },
  })
})

test('the same event again is told to be a duplicate', async () => {
  const argv = [
    'event',
    'emit',
    'twice',
    '-r',
    'x',
    '--id',
    '018f3b1e-7c1a-7000-8000-000000000001',
    '--occurred',
    '2026-01-31T08:00:00Z',
    '--no-wait',
  ]
  expect((await upon(...argv)).out).toMatch(/^accepted 018f3b1e/)
  expect((await upon(...argv)).err).toMatch(/^sent before, at position \d+; nothing changed\n$/)
})

test.each([
  [['x', '-r', 'y', '--payload', '{"n": }'], 'error: --payload is not JSON\n--payload:1:7: '],
  [['x', '-r', 'y', '--payload', '[1]'], 'error: --payload must be a JSON object'],
  [['x', '-r', 'y', '--payload', '@nowhere.json'], 'error: could not read nowhere.json: there is no such file'],
  [['upon.secret', '-r', 'y'], 'error: '],
  [['x', '-r', 'y', '--id', 'no-uuid'], 'error: '],
])('emitting %j fails in words', async (argv, expected) => {
  const { code, err, out } = await upon('event', 'emit', ...argv)
  expect(err.slice(0, expected.length)).toBe(expected)
  expect(err).not.toContain('mistake in upon')
  expect({ code, out }).toEqual({ code: 1, out: '' })
})

test('the stream shows events as they are recorded until it is interrupted', async () => {
  const terminal = createTestTerminal({ env: { UPON_URL: server.url } })
  const { position } = JSON.parse((await upon('event', 'emit', 'before', '-r', 'x', '--no-wait', '--json')).out)
  const seen = new Promise<void>((resolve) => {
    const out = terminal.out
    terminal.out = (text) => {
      out(text)
      if (terminal.written.out.includes('streamed')) resolve()
    }
  })
  const streaming = runCli(['event', 'stream', '--event', 'streamed', '--after-position', String(position)], terminal)
  await upon('event', 'emit', 'streamed', '-r', 'x', '--payload', '{"n": 1}', '--no-wait')
  await seen
  terminal.interrupt()
  expect(await streaming).toBe(0)
  expect(terminal.written.out).toMatch(/^\S+Z {2}streamed {2}x {2}\{"n":1\}\n$/)
})
