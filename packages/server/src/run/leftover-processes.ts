import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { MILLISECOND, SECOND } from '@upon/engine'
import type { Clock } from '../lib/clock.ts'
import { pauseFor } from './deliver.ts'
import type { HeldAttempt } from './worker-registry.ts'

/** Names the worker's process in the environment of every process it starts. */
export const WORKER_PID_VARIABLE = 'UPON_WORKER_PID'
/** How long the system gets to remove killed processes. */
const REMOVAL_US = 2 * SECOND
const LOOK_AGAIN_US = 20 * MILLISECOND
/** Where Linux shows its processes; where there is no such place, nothing is found. */
const PROCESSES = '/proc'

/** A process of some run on this machine, known by its environment: a recorded pid may be somebody else's by now. */
interface RunProcess {
  readonly pid: number
  readonly variable: (name: string) => string | undefined
}

/**
 * Kills what these attempts left running, so that a later attempt never runs beside it. Returns how many processes
 * were killed.
 */
export async function killLeftovers(attempts: readonly HeldAttempt[], clock: Clock): Promise<number> {
  if (attempts.length === 0) return 0
  const wanted = new Set(attempts.map(({ runId, attempt }) => `${runId}:${attempt}`))
  return killAll(({ variable }) => wanted.has(`${variable('UPON_RUN_ID')}:${variable('UPON_ATTEMPT')}`), clock)
}

/**
 * Kills processes whose worker was killed on this machine: nobody will ever report how they end, and the server starts
 * them again elsewhere. What a run left behind on purpose and was reported as ended is not touched.
 */
export function killAbandoned(clock: Clock): Promise<number> {
  return killAll(({ variable }) => {
    const worker = Number(variable(WORKER_PID_VARIABLE))
    const handover = variable('UPON_PARAMETERS_FILE')
    // The executor removes its handover folder when an attempt has ended.
    return worker > 0 && !isAlive(worker) && handover !== undefined && existsSync(handover)
  }, clock)
}

/** Whether there is a process with this pid; it may be another one than it was. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function killAll(isLeftover: (candidate: RunProcess) => boolean, clock: Clock): Promise<number> {
  const until = clock.now() + REMOVAL_US
  const killed = new Set<number>()
  for (;;) {
    const found = (await runProcesses()).filter(isLeftover)
    for (const { pid } of found) if (kill(pid)) killed.add(pid)
    if (found.length === 0 || clock.now() >= until) return killed.size
    await pauseFor(clock, LOOK_AGAIN_US, NEVER)
  }
}

const NEVER = new AbortController().signal

async function runProcesses(): Promise<readonly RunProcess[]> {
  const names = await readdir(PROCESSES).catch(() => [])
  const pids = names.map(Number).filter((pid) => pid > 0 && pid !== process.pid)
  const found = await Promise.all(pids.map(runProcess))
  return found.filter((candidate) => candidate !== null)
}

/** Null for a process of no run, and for one that is dead or somebody else's and so cannot be read. */
async function runProcess(pid: number): Promise<RunProcess | null> {
  const text = await readFile(`${PROCESSES}/${pid}/environ`, 'utf8').catch(() => '')
  if (!text.includes('UPON_RUN_ID=')) return null
  const entries = text.split('\0')
  const variable = (name: string) => entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1)
  return { pid, variable }
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
