import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, routes } from '@upon/sdk'
import { createRandom, type Random } from '../lib/random.ts'
import { freePort, startUpon, type UponOptions, type UponServer } from '../live/upon-server.ts'
import { type CheckReport, checkStore } from './check/check-store.ts'
import { compare } from './check/differences.ts'
import { readMarkers } from './check/markers.ts'
import { chaosAutomations, chaosDeployments } from './load/automations.ts'
import { createChaosEvents } from './load/events.ts'
import { type Sender, startSender } from './load/sender.ts'
import { untilSettled } from './settle.ts'

/** How long a server lives after it was ready. */
const LIFE_MS_MAX = 1_000
/** One in this many is killed while it starts. */
const KILLED_STARTING = 6
const FINISH_MS = 60_000
const SETTLE_MS = 180_000

export interface ChaosOptions {
  readonly kills: number
  readonly seed: number
  /** Events per second. */
  readonly rate: number
  /** Arguments of Node for the server, before the program: how a fault is brought in. */
  readonly nodeArgs?: readonly string[]
  /** Keeps the data directory for a look at it. */
  readonly keep?: boolean
  readonly onProgress?: (done: string) => void
}

export interface ChaosReport extends CheckReport {
  readonly kills: number
  readonly acknowledged: number
  readonly resent: number
  /** Events acknowledged per second over the whole time, starts and gaps included. */
  readonly eventsPerSecond: number
  /** Milliseconds from the start of a server until it was ready, for those that were let live that long. */
  readonly restartMs: readonly number[]
  readonly directory: string
}

/** Kills a real server again and again under load, lets it finish, and compares what it did with a replay of its log. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const directory = mkdtempSync(join(tmpdir(), 'upon-chaos-'))
  const markerFile = join(directory, 'markers.txt')
  const server = { directory: join(directory, 'data'), port: await freePort(), nodeArgs: options.nodeArgs ?? [] }
  const first = startUpon(server)
  await first.ready
  await define(first.url, markerFile)

  const next = createChaosEvents(options.seed)
  using sender = startSender({ url: `http://127.0.0.1:${server.port}`, rate: options.rate, next })
  const restartMs = await killAgainAndAgain(first, server, options)
  const last = startUpon(server)
  restartMs.push(await last.ready)
  options.onProgress?.('last start: waiting for what is left')
  await sender.finish(FINISH_MS)
  const databaseFile = join(server.directory, 'upon.db')
  const settled = await untilSettled(databaseFile, SETTLE_MS).then(() => null, String)
  options.onProgress?.('stopping, then comparing with a replay of the log')
  await last.stop()

  const markers = readMarkers(markerFile)
  const checked = checkStore({ databaseFile, acknowledged: sender.acknowledged, sent: sender.sent, markers })
  if (options.keep !== true) rmSync(directory, { recursive: true, force: true })
  return {
    ...checked,
    differences: [...checked.differences, ...ownDifferences(sender, settled)],
    kills: options.kills,
    acknowledged: sender.acknowledged.size,
    resent: sender.resent,
    eventsPerSecond: sender.perSecond,
    restartMs,
    directory,
  }
}

async function define(url: string, markerFile: string): Promise<void> {
  const client = createClient({ url, timeoutMs: 60_000 })
  await client.call(routes.deploy, { body: chaosDeployments(markerFile) })
  await client.call(routes.applyDocuments, { body: { documents: [...chaosAutomations()] } })
}

/** Each kill is followed by a start, but for the last. */
async function killAgainAndAgain(
  first: UponServer,
  where: UponOptions,
  { kills, seed, onProgress }: ChaosOptions,
): Promise<number[]> {
  const random = createRandom(seed ^ 0x5eed)
  const restartMs: number[] = []
  let usualMs = 1_000
  for (let kill = 1; kill <= kills; kill += 1) {
    const server = kill === 1 ? first : startUpon(where)
    const ready = await lifeOf(server, random, usualMs)
    if (ready !== null) {
      restartMs.push(ready)
      usualMs = ready
    }
    await server.kill()
    onProgress?.(`${kill} of ${kills} kills`)
  }
  return restartMs
}

/** Waits until the server's end has come; tells how long it took to be ready, or null when it was not to be. */
async function lifeOf(server: UponServer, random: Random, usualMs: number): Promise<number | null> {
  if (random.below(KILLED_STARTING) === 0) {
    await pause(random.next() * usualMs)
    return null
  }
  const ready = await server.ready
  await pause(random.next() * LIFE_MS_MAX)
  return ready
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** What went wrong before anything could be compared. */
const ownDifferences = (sender: Sender, settled: string | null) => [
  compare('refusal', [], sender.refusals),
  compare('thing left to do', [], settled === null ? [] : [settled]),
]
