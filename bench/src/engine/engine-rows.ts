import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { medianOf } from '../lib/statistics.ts'
import { formatNumber } from '../lib/table.ts'
import type { BenchOptions, Row } from '../row.ts'
import type { Mix } from '../workload/shares.ts'
import type { EngineMeasurement } from './measure.ts'

const PROCESS = fileURLToPath(new URL('./measure-process.js', import.meta.url))
const SIZE = 10_000
const SIZES = [10, SIZE, 100_000] as const
const EVENTS = 20_000
const EVENTS_QUICK = 4_000
const RATIO_MIN = 0.5
const DEARER_MAX = 2
const INDEX_BYTES_MAX = 2_048

/** Matching and deciding on one thread, against `JSON.parse` of the same events. */
export async function engineRows(options: BenchOptions): Promise<readonly Row[]> {
  const measured = new Map<number, EngineMeasurement>()
  for (const size of SIZES) measured.set(size, await measure(size, 'indexable', options))
  const unindexable = await measure(SIZE, 'all', options)
  return [
    ...SIZES.map((size) => rateRow(size, measured.get(size))),
    growthRow(costOf(measured.get(100_000)) / costOf(measured.get(10))),
    memoryRow(measured.get(SIZE)),
    unindexableRow(unindexable),
  ]
}

async function measure(size: number, mix: Mix, { repeats, quick, say }: BenchOptions): Promise<EngineMeasurement> {
  say(`engine: ${size} automations (${mix})`)
  const amount = quick ? EVENTS_QUICK : EVENTS
  const args = ['--expose-gc', PROCESS, String(size), mix, String(amount), String(repeats)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

/** In units of parsing the same event, which cancels what else the machine was doing. */
const costOf = (measured: EngineMeasurement | undefined): number =>
  medianOf(measured?.stepUs ?? []) / medianOf(measured?.parseUs ?? [])

const perSecond = (us: number): string => `${formatNumber(1_000_000 / us)} events/s`

function rateRow(size: number, measured: EngineMeasurement | undefined): Row {
  const stepUs = medianOf(measured?.stepUs ?? [])
  const parseUs = medianOf(measured?.parseUs ?? [])
  const ratio = parseUs / stepUs
  const counts = size === SIZE
  return {
    what: `match + decide, one thread, ${formatNumber(size)} automations on one event name`,
    measured: perSecond(stepUs),
    baseline: `JSON.parse: ${perSecond(parseUs)}`,
    ratio: formatNumber(ratio),
    budget: counts ? `≥ ${RATIO_MIN} x` : '',
    met: counts ? ratio >= RATIO_MIN : null,
  }
}

function growthRow(dearer: number): Row {
  return {
    what: 'the same: one event at 100,000 automations, against one at 10',
    measured: `${formatNumber(dearer)} x dearer`,
    baseline: '10 automations',
    ratio: formatNumber(dearer),
    budget: `< ${DEARER_MAX} x`,
    met: dearer < DEARER_MAX,
  }
}

function memoryRow(measured: EngineMeasurement | undefined): Row {
  const { indexBytes = Number.NaN, totalBytes = Number.NaN } = measured ?? {}
  return {
    what: `memory of the index, ${formatNumber(SIZE)} automations`,
    measured: `${formatNumber(indexBytes)} B per automation`,
    baseline: `with its definition: ${formatNumber(totalBytes)} B`,
    ratio: '',
    budget: '≤ 2 KB',
    met: indexBytes <= INDEX_BYTES_MAX,
  }
}

function unindexableRow({ stepUs, parseUs, residual }: EngineMeasurement): Row {
  const us = medianOf(stepUs)
  return {
    what: `match + decide, ${formatNumber(SIZE)} automations of which ${formatNumber(residual)} (5 %) cannot be indexed`,
    measured: perSecond(us),
    baseline: `JSON.parse: ${perSecond(medianOf(parseUs))}`,
    ratio: formatNumber(medianOf(parseUs) / us),
    budget: '',
    met: null,
  }
}
