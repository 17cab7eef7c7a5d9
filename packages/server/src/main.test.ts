import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, routes } from '@upon/sdk'
import { expect, test } from 'vitest'
import { systemClock } from './lib/clock.ts'
import type { Log } from './lib/log.ts'
import { type RunningServer, startServer } from './main.ts'

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const DAY_US = 86_400_000_000

async function start(directory: string): Promise<RunningServer> {
  return startServer({
    directory,
    host: '127.0.0.1',
    port: 0,
    token: null,
    allowOutgoing: [],
    worker: true,
    retention: { events: DAY_US, launches: DAY_US },
    processEnv: { PATH: process.env.PATH ?? '', UPON_URL: 'http://127.0.0.1:1' },
    workDirectory: directory,
    webRoot: directory,
    clock: systemClock,
    log: quiet,
  })
}

/** What a program prints on its first line when the server runs it. */
async function printed(url: string, command: string): Promise<string> {
  const client = createClient({ url })
  await client.call(routes.createWorkPool, { body: { name: 'local', type: 'process' } })
  const { id: deployment } = await client.call(routes.putDeployment, {
    body: { name: 'one', flow_name: 'flow', command, work_pool: 'local' },
  })
  const { id } = await client.call(routes.createRun, { params: { deployment }, body: {} })
  for await (const line of client.stream(routes.streamRunLogs, { params: { run: id } })) return line.text
  return ''
}

test('what a server before this one left behind when it was killed is cleared away', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'upon-main-'))
  const left = join(directory, 'running', 'run-old')
  mkdirSync(left, { recursive: true })
  writeFileSync(join(left, 'parameters.json'), '{"password": "x"}')
  const server = await start(directory)
  try {
    expect(existsSync(left)).toBe(false)
  } finally {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
})

test('a program the server runs is told where the server is, whatever the server inherited', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'upon-main-'))
  const server = await start(directory)
  try {
    expect(await printed(server.url, 'echo $UPON_URL')).toBe(server.url)
  } finally {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
})
