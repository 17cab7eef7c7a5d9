import { medianOf, quantileOf } from '../lib/statistics.ts'
import { formatNumber } from '../lib/table.ts'
import type { BenchOptions, Row } from '../row.ts'
import { runLoad } from './load.ts'
import { defineWorkload, serverUnderTest } from './server-under-test.ts'
import { dispatchTimes, headOf, untilDecided, untilLaunched } from './store-times.ts'

const AUTOMATIONS = 1_000
const RATE = 1_000
/** Events of one request: 100 requests a second. */
const BATCH = 10
const SECONDS = 15
const SECONDS_QUICK = 4
const P50_MS_MAX = 5
const P99_MS_MAX = 20

/** From the instant in the log at which an event was received to the one at which its action was taken up. */
export async function dispatchRows({ repeats, quick, say }: BenchOptions): Promise<readonly Row[]> {
  await using upon = await serverUnderTest()
  await defineWorkload(upon.client, AUTOMATIONS)
  const batches = ((quick ? SECONDS_QUICK : SECONDS) * RATE) / BATCH
  const p50: number[] = []
  const p99: number[] = []
  let samples = 0
  for (let repeat = -1; repeat < repeats; repeat += 1) {
    say(`dispatch: repeat ${repeat + 1} of ${repeats}`)
    const before = await headOf(upon.databaseFile)
    const load = { automations: AUTOMATIONS, seed: 200 + repeat, batch: BATCH, batches, connections: 8, rate: RATE }
    await runLoad({ ...load, url: upon.server.url })
    await untilDecided(upon.databaseFile)
    await untilLaunched(upon.databaseFile)
    const times = await dispatchTimes(upon.databaseFile, before)
    if (repeat < 0) continue
    samples += times.length
    p50.push(quantileOf(times, 0.5) / 1_000)
    p99.push(quantileOf(times, 0.99) / 1_000)
  }
  const row = (name: string, ms: number, max: number): Row => ({
    what: `event accepted → action dispatched, at ${formatNumber(RATE)} events/s, ${name}`,
    measured: `${formatNumber(ms)} ms`,
    baseline: `${formatNumber(samples)} launches`,
    ratio: '',
    budget: `≤ ${max} ms`,
    met: ms <= max,
  })
  return [row('p50', medianOf(p50), P50_MS_MAX), row('p99', medianOf(p99), P99_MS_MAX)]
}
