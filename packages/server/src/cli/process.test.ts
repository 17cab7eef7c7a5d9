import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findPython } from '../run/executor/find-python.ts'
import { runUpon } from './run-test-cli.ts'
import { startUpon, type UponProcess, uponProcess } from './start-upon.test-support.ts'

const checkout = fileURLToPath(new URL('../../../..', import.meta.url))
const hasPython = (await findPython(process.env.PATH)) !== null
let directory: string
let server: UponProcess
let env: Record<string, string>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upon-process-'))
  await cp(join(checkout, 'examples', 'pinged'), directory, { recursive: true })
  server = startUpon(['up', '--port', '0', '--no-worker', '--data', join(directory, '.upon')], { directory })
  const banner = await server.printed(/http:\/\/127\.0\.0\.1:\d+/)
  env = { UPON_URL: /http:\/\/127\.0\.0\.1:\d+/.exec(banner)?.[0] ?? '' }
})
afterAll(async () => {
  server.process.kill('SIGINT')
  expect(await server.ended).toMatchObject({ code: 0 })
  await rm(directory, { recursive: true, force: true })
})

/** In this process, which is quicker than a new one for each command. */
const upon = (...argv: string[]) => runUpon(argv, { directory, env })

test.skipIf(!hasPython)(
  'a deployed trigger runs Python in a worker that is its own process (needs Python)',
  async () => {
    expect(await upon('deploy', '--all')).toMatchObject({ code: 0 })
    const worker = startUpon(['worker', 'start', '--pool', 'my-work-pool', '--name', 'own'], { directory, env })
    await worker.printed(/worker own serves my-work-pool/)
    const argv = [
      'event',
      'emit',
      'external.resource.pinged',
      '--resource',
      'my.external.resource',
      '--payload',
      '{"n":41}',
    ]
    const { code, out } = await uponProcess(argv, { directory, env })
    expect(out).toMatch(
      /^ {2}fired → run [a-z-]+ → Running \(python\) → "got dict my\.external\.resource 41" → Completed, [\d.]+ m?s\n$/,
    )
    expect(code).toBe(0)
    const missed = await upon('event', 'emit', 'external.resource.pinged', '--resource', 'other.resource')
    expect(missed.out).toBe('  did not fire: prefect.resource.id is "other.resource", wanted "my.external.resource"\n')

    const [run] = JSON.parse((await upon('run', 'ls', '--json')).out)
    expect((await upon('run', 'logs', run.name, '--follow')).out).toContain('got dict my.external.resource 41\n')
    expect((await upon('worker', 'ls')).out).toMatch(/^own +my-work-pool +online/m)
    const failing = await upon('deployment', 'run', 'decorated-fn/my-deployment', '-p', 'event={}', '--watch')
    expect(failing).toMatchObject({
      code: 1,
      out: expect.stringMatching(/run \S+ → Running \(python\) → Failed, .*resource/),
    })

    worker.process.kill('SIGINT')
    expect(await worker.ended).toMatchObject({ code: 0, err: expect.stringContaining('Stopping') })
    expect((await upon('worker', 'ls')).out).toMatch(/^own +my-work-pool +offline/m)
  },
)

test('a worker for a pool that does not exist says so and ends', async () => {
  const { code, err } = await upon('worker', 'start', '--pool', 'nowhere')
  expect(err).toMatch(/^error: there is no work pool "nowhere"/)
  expect(code).toBe(1)
})

test.each([
  [
    '0.0.0.0',
    '',
    'error: binding 0.0.0.0 lets other machines in, which needs a token: set UPON_TOKEN to a long random text, or bind 127.0.0.1\n',
  ],
  ['127.0.0.1', 'short', 'error: UPON_TOKEN has 5 characters, at least 16 are needed\n'],
])('a server at %s with the token "%s" does not start, and says what to change', async (host, token, err) => {
  const argv = ['up', '--host', host, '--port', '0', '--data', join(directory, 'other')]
  expect(await runUpon(argv, { directory, env: { UPON_TOKEN: token } })).toMatchObject({ code: 1, err })
})

test('a server whose window is closed stops as it does on Ctrl-C', async () => {
  const closed = startUpon(['up', '--port', '0', '--no-worker', '--data', join(directory, 'closed')], { directory })
  await closed.printed(/ready in/)
  closed.process.kill('SIGHUP')
  closed.process.kill('SIGHUP')
  expect(await closed.ended).toMatchObject({ code: 0, err: expect.stringContaining('Stopping') })
})

test('a stream ends without an error when its reader has gone', async () => {
  const stream = startUpon(['event', 'stream', '--event', 'head.*'], { directory, env })
  const emit = (name: string) => upon('event', 'emit', name, '-r', 'x', '--no-wait')
  const first = stream.printed(/head\./)
  const again = setInterval(() => void emit('head.one'), 100)
  try {
    await first
    stream.process.stdout?.destroy()
    expect(await stream.ended).toMatchObject({ code: 0, err: '' })
  } finally {
    clearInterval(again)
  }
})

test('the examples apply as they are, and then differ in nothing', async () => {
  expect((await upon('deploy', '--all')).code).toBe(0)
  const automations = join(checkout, 'examples', 'automations')
  expect(await upon('apply', '-f', automations)).toMatchObject({ code: 0 })
  expect(await upon('plan', '-f', automations)).toMatchObject({ code: 0 })
  await upon('event', 'emit', 'parcel.packed', '-r', 'parcel.7', '--no-wait')
  expect((await upon('event', 'emit', 'parcel.shipped', '-r', 'parcel.7')).out).toBe('  fired → emit-event\n')
  expect((await upon('event', 'emit', 'dataset.arrived', '-r', 'data/7', '-l', 'env=test')).out).toMatch(
    /did not fire: env is "test"/,
  )
})

test('a second server with the same data says who has it, and one on a used port says so', async () => {
  const data = join(directory, '.upon')
  const locked = await uponProcess(['up', '--port', '0', '--data', data], { directory })
  expect(locked).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error: .*is in use by the server with process id \d+ at http/),
  })
  const port = new URL(env.UPON_URL ?? '').port
  const taken = await uponProcess(['up', '--port', port, '--data', join(directory, 'other')], { directory })
  expect(taken).toMatchObject({ code: 1, err: expect.stringMatching(new RegExp(`^error: .*${port}`)) })
})

test('without the build, and on a Node that is too old, the launcher says what to do', async () => {
  const place = join(directory, 'unbuilt', 'bin')
  await cp(join(checkout, 'packages', 'server', 'bin'), place, { recursive: true })
  await writeFile(join(place, '..', 'package.json'), '{"type": "module"}')
  const run = (...flags: string[]) => promisify(execFile)(process.execPath, [...flags, join(place, 'upon.js')])
  await expect(run()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: upon is not built: .*dist\/cli\/main\.js is missing\. Run "npm run build"/),
  })
  const pretend = `data:text/javascript,Object.defineProperty(process, 'versions', {value: {...process.versions, node: '20.18.3'}})`
  await expect(run('--import', pretend)).rejects.toMatchObject({
    code: 1,
    stderr: 'error: upon needs Node 20.19 or newer, this is 20.18.3\n',
  })
})

test('a reader that leaves early is no error', async () => {
  const bin = join(checkout, 'packages', 'server', 'bin', 'upon.js')
  const command = `("${process.execPath}" "${bin}" --help; echo "ended with $?" >&2) | true`
  const shell = spawn('/bin/sh', ['-c', command])
  let err = ''
  shell.stderr.on('data', (chunk) => {
    err += chunk
  })
  await once(shell, 'close')
  expect(err).toBe('ended with 0\n')
})

test('output that is no terminal has no colors unless they are asked for', async () => {
  expect((await uponProcess(['variable', 'ls', '--url', 'x'], { directory })).err).toMatch(/^error: /)
  const forced = await uponProcess(['variable', 'ls', '--url', 'x'], {
    directory,
    env: { FORCE_COLOR: '1', NO_COLOR: '' },
  })
  expect(forced.err).toContain('\u001b[31merror:')
})
