import { MILLISECOND, SECOND } from '@upon/engine'
import type { Log } from '../lib/log.ts'
import { type Loop, startLoop } from '../lib/loop.ts'
import { StoreUnavailableError } from '../store/errors.ts'
import type { HeldBack, Launch } from '../store/launch-table.ts'
import type { Store } from '../store/store.ts'
import { type LaunchWork, NotInLogYetError, type Stopping, workOnLaunch } from './work-on-launch.ts'

/** Launches worked on at the same time; more wait in the outbox. */
export const LAUNCHES_AT_ONCE_MAX = 64
/** Of them, those of one automation: a URL that does not answer must not hold up the others. */
export const LAUNCHES_PER_AUTOMATION_MAX = 16
/** A launch that could not be committed rests this long, doubled each time up to the maximum. */
const REST_MIN_US = 1 * SECOND
const REST_MAX_US = 60 * SECOND
/** Pause before another look for an event that is on its way to the log. */
const LOG_WAIT_US = 20 * MILLISECOND
/** How long a stop waits for the actions under way. */
export const STOP_GRACE_US = 10 * SECOND

export interface DispatcherOptions extends LaunchWork {
  readonly store: Pick<Store, 'read' | 'transaction' | 'healthy'>
  readonly log: Log
}

export interface Dispatcher {
  wake(): void
  /** Resolves when no launch is being worked on and none is due. */
  idle(): Promise<void>
  /**
   * Starts no other action and lets those under way end, for at most 10 seconds. An action cut off then is carried out
   * again after the next start, with the same idempotency key.
   */
  stop(): Promise<void>
}

/** Takes due launches from the outbox and carries out their actions, one commit per action. */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, clock, log } = options
  const busy = new Map<string, { readonly automation: string; readonly work: Promise<void> }>()
  const resting = new Set<string>()
  const failures = new Map<string, number>()
  const stopping: Stopping = { asked: false, over: false }
  let storeInDoubt = false

  const loop: Loop = startLoop({
    clock,
    onError: (error) => log.error({ err: error }, 'could not read the outbox'),
    async turn() {
      const room = LAUNCHES_AT_ONCE_MAX - busy.size
      if (room <= 0) return null
      // Calls that leave Upon are not repeated over and over while their outcome cannot be recorded.
      if (storeInDoubt) await store.healthy()
      storeInDoubt = false
      const due = await store.read.launches.due(clock.now(), room, heldBack())
      const begun = due.filter(begin)
      if (begun.length < due.length) return 'again'
      return due.length === room ? null : store.read.launches.nextDue(heldBack())
    },
  })

  function heldBack(): HeldBack {
    return { launches: new Set([...busy.keys(), ...resting]), automations: fullAutomations() }
  }

  function fullAutomations(): ReadonlySet<string> {
    const counts = new Map<string, number>()
    for (const { automation } of busy.values()) counts.set(automation, (counts.get(automation) ?? 0) + 1)
    return new Set([...counts.keys()].filter((id) => (counts.get(id) ?? 0) >= LAUNCHES_PER_AUTOMATION_MAX))
  }

  /** False when its automation has no room. */
  function begin(launch: Launch): boolean {
    if (fullAutomations().has(launch.automationId)) return false
    const work = workOnLaunch(options, launch, stopping)
      .then(() => void failures.delete(launch.id))
      .catch((error: unknown) => rest(launch.id, error))
      .finally(() => {
        busy.delete(launch.id)
        loop.wake()
      })
    busy.set(launch.id, { automation: launch.automationId, work })
    return true
  }

  const allWork = () => Promise.all([...busy.values()].map(({ work }) => work))

  function rest(id: string, error: unknown): void {
    let pause = LOG_WAIT_US
    if (!(error instanceof NotInLogYetError)) {
      log.error({ err: error, launch: id }, 'could not work on a launch; it stays due')
      storeInDoubt ||= error instanceof StoreUnavailableError
      const before = failures.get(id) ?? 0
      failures.set(id, before + 1)
      pause = Math.min(REST_MIN_US * 2 ** Math.min(before, 40), REST_MAX_US)
    }
    resting.add(id)
    clock.at(clock.now() + pause, () => {
      resting.delete(id)
      loop.wake()
    })
  }

  loop.wake()
  return {
    wake: loop.wake,
    async idle() {
      for (;;) {
        await loop.idle()
        if (busy.size === 0) return
        await allWork()
      }
    },
    async stop() {
      stopping.asked = true
      await loop.stop()
      if (stopping.over) return
      let cancel = () => {}
      const grace = new Promise<void>((resolve) => {
        cancel = clock.at(clock.now() + STOP_GRACE_US, resolve)
      })
      await Promise.race([allWork(), grace])
      cancel()
      stopping.over = true
    },
  }
}
