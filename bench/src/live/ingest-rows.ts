import { medianOf, quantileOf } from '../lib/statistics.ts'
import { formatNumber } from '../lib/table.ts'
import { untilDecided } from '../live/store-times.ts'
import type { BenchOptions, Row } from '../row.ts'
import { measureBareInserts } from './bare-inserts.ts'
import { runLoad } from './load.ts'
import { defineWorkload, serverUnderTest } from './server-under-test.ts'

const AUTOMATIONS = 1_000
const BATCH = 100
const BATCHES = 600
const BATCHES_QUICK = 100
const CONNECTIONS = 8
const RATIO_MIN = 0.4

/** Events over HTTP, durable before the answer, against the same events in a bare table with the same sync. */
export async function ingestRows({ repeats, quick, say }: BenchOptions): Promise<readonly Row[]> {
  await using upon = await serverUnderTest()
  await defineWorkload(upon.client, AUTOMATIONS)
  const batches = quick ? BATCHES_QUICK : BATCHES
  const accepted: number[] = []
  const decided: number[] = []
  const answerMs: number[] = []
  const bare: number[] = []
  // The first turn warms up.
  for (let repeat = -1; repeat < repeats; repeat += 1) {
    say(`ingest: repeat ${repeat + 1} of ${repeats}`)
    const shared = { automations: AUTOMATIONS, seed: 100 + repeat, batch: BATCH, batches }
    const load = await runLoad({ ...shared, url: upon.server.url, connections: CONNECTIONS, rate: null })
    const lagSeconds = await untilDecided(upon.databaseFile)
    const bareRate = measureBareInserts(shared)
    if (repeat < 0) continue
    accepted.push(load.events / load.seconds)
    decided.push(load.events / (load.seconds + lagSeconds))
    answerMs.push(quantileOf(load.answerMs, 0.5))
    bare.push(bareRate)
  }
  const baseline = `bare inserts: ${formatNumber(medianOf(bare))} events/s`
  const ratio = medianOf(accepted) / medianOf(bare)
  return [
    {
      what: `POST /events, batches of ${BATCH}, durable before the answer, ${formatNumber(AUTOMATIONS)} automations`,
      measured: `${formatNumber(medianOf(accepted))} events/s (answer p50 ${formatNumber(medianOf(answerMs))} ms)`,
      baseline,
      ratio: formatNumber(ratio),
      budget: `≥ ${RATIO_MIN} x`,
      met: ratio >= RATIO_MIN,
    },
    {
      what: 'the same, until all of them are decided too',
      measured: `${formatNumber(medianOf(decided))} events/s`,
      baseline,
      ratio: formatNumber(medianOf(decided) / medianOf(bare)),
      budget: '',
      met: null,
    },
  ]
}
