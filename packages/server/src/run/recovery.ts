import { SECOND } from '@upon/engine'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { startLoop } from '../lib/loop.ts'
import type { Store } from '../store/store.ts'
import type { WorkerRow } from '../store/work-pool-table.ts'
import { isAlive, killLeftovers } from './leftover-processes.ts'
import type { WorkerProtocol } from './worker-protocol.ts'
import { HEARTBEAT_EVERY_US, LOST_AFTER_US } from './worker-registry.ts'

export interface RecoveryOptions {
  readonly store: Pick<Store, 'read' | 'can'>
  readonly runs: Pick<WorkerProtocol, 'loseWorker'>
  readonly clock: Clock
  readonly log: Log
  /** Name of this machine, as workers register it. */
  readonly host: string
  readonly pid: number
}

export interface Recovery {
  /** Resolves when what an earlier server on this machine left behind was dealt with. */
  readonly recovered: Promise<void>
  /** Resolves when no look for lost workers is under way. */
  idle(): Promise<void>
  stop(): Promise<void>
}

/**
 * Finds workers that are gone and takes their runs from them: at once those of an earlier server of this machine, whose
 * leftover processes are killed first; the others after their silence.
 */
export function startRecovery(options: RecoveryOptions): Recovery {
  const { store, runs, clock, log } = options
  const since = clock.now()
  let watchingSince = since
  let lastTurn = since

  async function lose(worker: WorkerRow, reason: string): Promise<void> {
    log.warn({ worker: worker.id, name: worker.name, host: worker.host, pid: worker.pid }, `a worker ${reason}`)
    await runs.loseWorker({ project: worker.project, id: worker.id }, reason)
  }

  async function recoverPrevious(): Promise<void> {
    const workers = await aliveWorkers(store)
    const gone = workers.filter((worker) => worker.embedded && worker.started < since && isGone(worker, options))
    for (const worker of gone) {
      const held = await store.read.runs.heldBy(worker.id)
      const attempts = held.map((run) => ({ runId: run.id, attempt: run.attempt }))
      const killed = await killLeftovers(attempts, clock)
      const leftovers =
        killed === 0 ? '' : `; ${killed === 1 ? 'a process it left was' : `${killed} processes it left were`} killed`
      await lose(worker, `ended with the server it was part of${leftovers}`)
    }
  }

  async function loseSilent(): Promise<void> {
    const now = clock.now()
    // This machine slept, or was busy beyond reason: whoever is silent now may be so because of that.
    if (now - lastTurn > LOST_AFTER_US) watchingSince = now
    lastTurn = now
    for (const worker of await aliveWorkers(store)) {
      const silence = now - Math.max(worker.lastHeartbeat, watchingSince)
      if (silence > LOST_AFTER_US) {
        await lose(worker, `was lost: no heartbeat for ${Math.round((now - worker.lastHeartbeat) / SECOND)} s`)
      }
    }
  }

  const first = recoverPrevious()
  const recovered = first.catch((error: unknown) => log.error({ err: error }, 'could not recover the earlier worker'))
  const loop = startLoop({
    clock,
    onError: (error) => log.error({ err: error }, 'could not look for lost workers'),
    async turn() {
      await recovered
      await loseSilent()
      return clock.now() + HEARTBEAT_EVERY_US
    },
  })
  loop.wake()
  return { recovered, idle: loop.idle, stop: loop.stop }
}

const aliveWorkers = (store: Pick<Store, 'read'>) => store.read.workPools.workers({ aliveSince: 0 })

function isGone({ host, pid }: WorkerRow, options: RecoveryOptions): boolean {
  // A store of one server: whoever was embedded in another one is gone with it, on whatever machine.
  if (!options.store.can.notifyAcrossProcesses) return true
  return host === options.host && (pid === options.pid || !isAlive(pid))
}
