import { createServer } from 'node:net'
import { type Client, ConnectionError, routes, type ServerInfo } from '@upon/sdk'
import { VERSION } from '../../version.ts'
import type { Terminal } from '../terminal.ts'
import { type Finding, failed, ok, reasonOf, warning } from './finding.ts'

/** Clocks further apart than this make "started 3 s ago" wrong, in milliseconds. */
const SKEW_MS_MAX = 5_000
const EARLIEST_YEAR = 2024
const LATEST_YEAR = 2199

/** Checks of the server the command line names, and of the clock. */
export async function serverChecks(client: Client, terminal: Terminal): Promise<readonly Finding[]> {
  try {
    const { body, headers } = await client.request(routes.getInfo)
    return [checkVersion(body, client.url), await checkReady(client), checkClock(terminal, headers.get('date'))]
  } catch (error) {
    if (!(error instanceof ConnectionError)) {
      return [failed('Server', reasonOf(error), 'check --url and --token'), checkClock(terminal, null)]
    }
    return [
      warning('Server', error.message.split(':').slice(0, -1).join(':') || error.message, 'start one with "upon up"'),
      await checkPort(new URL(client.url)),
      checkClock(terminal, null),
    ]
  }
}

function checkVersion({ version, store, data }: ServerInfo, url: string): Finding {
  const detail = `${version} at ${url}, ${store} in ${data}`
  if (version === VERSION) return ok('Server', detail)
  return warning('Server', `${detail}; this command is ${VERSION}`, 'use the same version of both')
}

async function checkReady(client: Client): Promise<Finding> {
  const { checks } = await client.call(routes.ready).catch((error: unknown) => ({
    checks: [{ name: 'ready', ok: false, detail: reasonOf(error) }],
  }))
  const bad = checks.filter((check) => !check.ok)
  if (bad.length === 0) return ok('Ready', checks.map(({ name }) => name).join(', ') || 'yes')
  return failed(
    'Ready',
    bad.map(({ name, detail }) => `${name}: ${detail}`).join('; '),
    'look at the log of the server',
  )
}

async function checkPort({ hostname, port, protocol }: URL): Promise<Finding> {
  const number = Number(port) || (protocol === 'https:' ? 443 : 80)
  const problem = await listenProblem(hostname.replace(/^\[|\]$/g, ''), number)
  if (problem === null) return ok('Port', `${number} is free`)
  return failed('Port', problem, 'stop what uses it, or start the server with another --port')
}

/** Why a server could not listen there; null when it could. */
function listenProblem(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE'
      // An address of another machine is not ours to listen on, which is no problem of this one.
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') resolve(null)
      else resolve(inUse ? `${port} is used by another program` : error.message)
    })
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

function checkClock(terminal: Terminal, serverDate: string | null): Finding {
  const now = terminal.now()
  const year = new Date(now).getUTCFullYear()
  const fix = 'set the clock of this machine, best with NTP'
  if (year < EARLIEST_YEAR || year > LATEST_YEAR) return failed('Clock', `it says ${new Date(now).toISOString()}`, fix)
  const skew = serverDate === null ? 0 : Math.abs(now - Date.parse(serverDate))
  if (skew > SKEW_MS_MAX) return warning('Clock', `${Math.round(skew / 1_000)} s from the clock of the server`, fix)
  return ok('Clock', new Date(now).toISOString())
}
