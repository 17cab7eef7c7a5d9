import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../lib/clock.ts'

const POLL_MS_MAX = 40

/** Sends `signal` to every process of the group; false when none is left. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal)
    return true
  } catch (error) {
    // EPERM: there is a member, but it changed its user. Anything else means that none is left.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Waits until no process of the group runs; false when some still do at `until`. */
export async function groupGone(group: number, until: number, clock: Clock): Promise<boolean> {
  for (let pauseMs = 1; signalGroup(group, 0); pauseMs = Math.min(pauseMs * 2, POLL_MS_MAX)) {
    if (pauseMs === POLL_MS_MAX && !(await hasRunningMember(group))) return true
    if (clock.now() >= until) return false
    await delay(pauseMs)
  }
  return true
}

/** In a container without an init process dead members are never reaped, and still answer to signal 0. */
async function hasRunningMember(group: number): Promise<boolean> {
  const names = await readdir('/proc').catch(() => null)
  if (names === null) return true
  const stats = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
  )
  return stats.some((stat) => {
    // The command name stands in parentheses and may hold anything, so fields are counted from the last one.
    const [state, , memberOf] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return memberOf === String(group) && state !== 'Z' && state !== 'X'
  })
}
