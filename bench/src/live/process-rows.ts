import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { routes } from '@upon/sdk'
import { medianOf, quantileOf } from '../lib/statistics.ts'
import { formatNumber } from '../lib/table.ts'
import type { BenchOptions, Row } from '../row.ts'
import { type ServerUnderTest, serverUnderTest } from './server-under-test.ts'
import { onStore, untilNothingLeft } from './store-times.ts'

const RUNS = 20
const RUNS_QUICK = 5
const OVER_SPAWN_MS_MAX = 30
const EVENT = 'bench.process.wanted'
const NS_PER_MS = 1_000_000

/** From the instant an event was received to the instant its process says it has begun, less a bare spawn of the same. */
export async function processRows({ repeats, quick, say }: BenchOptions): Promise<readonly Row[]> {
  await using upon = await serverUnderTest()
  const file = join(upon.directory, 'begun.txt')
  // The shell has no finer clock, so both sides pay for starting `date`.
  const command = `date +%s%N >> '${file}'`
  await define(upon, command)
  const through: number[] = []
  const bare: number[] = []
  for (let repeat = -1; repeat < repeats; repeat += 1) {
    say(`process: repeat ${repeat + 1} of ${repeats}`)
    const runs = quick ? RUNS_QUICK : RUNS
    const [launched, spawned] = [await throughUpon(upon, file, runs), await bareSpawns(command, file, runs)]
    if (repeat < 0) continue
    through.push(quantileOf(launched, 0.5))
    bare.push(quantileOf(spawned, 0.5))
  }
  const over = medianOf(through) - medianOf(bare)
  return [
    {
      what: "event accepted → user's process started, p50",
      measured: `${formatNumber(medianOf(through))} ms`,
      baseline: `bare spawn: ${formatNumber(medianOf(bare))} ms`,
      ratio: `+ ${formatNumber(over)} ms`,
      budget: `≤ ${OVER_SPAWN_MS_MAX} ms plus the bare spawn`,
      met: over <= OVER_SPAWN_MS_MAX,
    },
  ]
}

async function define({ client }: ServerUnderTest, command: string): Promise<void> {
  const deployment = { flow_name: 'bench', name: 'process', command, work_pool: 'bench' }
  await client.call(routes.deploy, {
    body: { deployments: [{ ...deployment, triggers: [{ expect: [EVENT] }] }] },
  })
}

/** One after the other, so that none waits for another's process. */
async function throughUpon(upon: ServerUnderTest, file: string, runs: number): Promise<readonly number[]> {
  const times: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const before = begunIn(file).length
    const event = { event: EVENT, resource: { 'prefect.resource.id': 'bench.process' } }
    const { accepted } = await upon.client.call(routes.sendEvents, { body: event })
    await untilBegun(file, before + 1)
    await untilNothingLeft(upon.databaseFile, 'SELECT count(*) AS "left" FROM runs WHERE ended IS NULL')
    const received = await receivedAt(upon.databaseFile, accepted[0]?.position ?? 0)
    times.push((begunIn(file).at(-1) ?? Number.NaN) - received)
  }
  return times
}

const receivedAt = (databaseFile: string, position: number): Promise<number> =>
  onStore(databaseFile, (db) => {
    const row = db.prepare<{ received: number }>('SELECT received FROM log WHERE position = ?').get(position)
    return (row?.received ?? Number.NaN) / 1_000
  })

async function bareSpawns(command: string, file: string, runs: number): Promise<readonly number[]> {
  const times: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const began = performance.timeOrigin + performance.now()
    const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    await once(child, 'close')
    times.push((begunIn(file).at(-1) ?? Number.NaN) - began)
  }
  return times
}

/** Milliseconds since 1970 at which each process began. */
function begunIn(file: string): readonly number[] {
  const lines = readOrEmpty(file).split('\n').filter(Boolean)
  return lines.map((line) => Number(BigInt(line) / 1_000n) / (NS_PER_MS / 1_000))
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

async function untilBegun(file: string, count: number): Promise<void> {
  const until = performance.now() + 30_000
  while (begunIn(file).length < count) {
    if (performance.now() > until) throw new Error('no process began within 30 s')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
