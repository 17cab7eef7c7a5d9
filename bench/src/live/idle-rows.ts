import { readFileSync } from 'node:fs'
import { medianOf } from '../lib/statistics.ts'
import { formatNumber } from '../lib/table.ts'
import type { BenchOptions, Row } from '../row.ts'
import { defineWorkload, serverUnderTest } from './server-under-test.ts'

const AUTOMATIONS = 1_000
const IDLE_MS = 60_000
const IDLE_MS_QUICK = 5_000
/** How long the use of the processor is watched. */
const WATCH_MS = 10_000
const RSS_MB_MAX = 150
const CPU_PERCENT_MAX = 1
const READY_MS_MAX = 1_500
/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10

/** What a server costs that has nothing to do, and how long it takes to start. */
export async function idleRows({ repeats, quick, say }: BenchOptions): Promise<readonly Row[]> {
  await using upon = await serverUnderTest()
  await defineWorkload(upon.client, AUTOMATIONS)
  const readyMs: number[] = []
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const server = await upon.restart()
    readyMs.push(await server.ready)
  }
  say(`idle: ${(quick ? IDLE_MS_QUICK : IDLE_MS) / 1_000} s after the start`)
  await pause(quick ? IDLE_MS_QUICK : IDLE_MS)
  const { pid } = upon.server
  const rssMb = rssBytes(pid) / 1e6
  const before = cpuMs(pid)
  await pause(WATCH_MS)
  const percent = ((cpuMs(pid) - before) / WATCH_MS) * 100
  const what = `${formatNumber(AUTOMATIONS)} automations`
  const row = (name: string, measured: string, budget: string, met: boolean): Row => {
    return { what: name, measured, baseline: '', ratio: '', budget, met }
  }
  return [
    row(
      `idle, ${what}, 60 s after the start: memory`,
      `${formatNumber(rssMb)} MB RSS`,
      `≤ ${RSS_MB_MAX} MB`,
      rssMb <= RSS_MB_MAX,
    ),
    row('the same: processor', `${formatNumber(percent)} %`, `< ${CPU_PERCENT_MAX} %`, percent < CPU_PERCENT_MAX),
    row(
      `start to ready, ${what}`,
      `${formatNumber(medianOf(readyMs))} ms`,
      `≤ ${formatNumber(READY_MS_MAX)} ms`,
      medianOf(readyMs) <= READY_MS_MAX,
    ),
  ]
}

function rssBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) * 1_024
}

/** Processor time of all threads of the process. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold spaces; user and system time are the 12th and 13th fields after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
