import { readdir, readFile } from 'node:fs/promises'
import { MILLISECOND, SECOND } from '@upon/engine'
import type { Clock } from '../lib/clock.ts'
import { pauseFor } from './deliver.ts'
import type { HeldAttempt } from './worker-registry.ts'

/** How long the system gets to remove killed processes. */
const REMOVAL_US = 2 * SECOND
const LOOK_AGAIN_US = 20 * MILLISECOND

export interface LeftoverOptions {
  readonly clock: Clock
  /** Where the system shows its processes. @default /proc; where there is none, nothing is found */
  readonly processes?: string
}

/**
 * Kills what a worker that is gone left running, so that a later attempt never runs beside it. Processes are known by
 * the run and attempt in their environment, never by a recorded pid, which may be somebody else's by now.
 * Returns how many were killed.
 */
export async function killLeftovers(attempts: readonly HeldAttempt[], options: LeftoverOptions): Promise<number> {
  if (attempts.length === 0) return 0
  const wanted = new Set(attempts.map(({ runId, attempt }) => `${runId}:${attempt}`))
  const { clock, processes = '/proc' } = options
  const until = clock.now() + REMOVAL_US
  const killed = new Set<number>()
  for (;;) {
    const found = await processesOf(wanted, processes)
    for (const pid of found) if (kill(pid)) killed.add(pid)
    if (found.length === 0 || clock.now() >= until) return killed.size
    await pauseFor(clock, LOOK_AGAIN_US, NEVER)
  }
}

const NEVER = new AbortController().signal

async function processesOf(wanted: ReadonlySet<string>, processes: string): Promise<readonly number[]> {
  const names = await readdir(processes).catch(() => [])
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const marks = await Promise.all(pids.map((pid) => markOf(`${processes}/${pid}/environ`)))
  return pids.filter((pid, index) => pid !== process.pid && wanted.has(marks[index] ?? ''))
}

/** Which attempt a process belongs to; unreadable and dead processes belong to none. */
async function markOf(file: string): Promise<string> {
  const environment = await readFile(file, 'latin1').catch(() => '')
  const value = (name: string) =>
    environment
      .split('\0')
      .find((entry) => entry.startsWith(`${name}=`))
      ?.slice(name.length + 1)
  return environment.includes('UPON_RUN_ID=') ? `${value('UPON_RUN_ID')}:${value('UPON_ATTEMPT')}` : ''
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL')
    return true
  } catch {
    // It ended by itself in the meantime.
    return false
  }
}
