import {
  type EngineOptions,
  type EngineState,
  type EngineStats,
  engineStats,
  loadEngine,
  MINUTE,
  SECOND,
} from '@upon/engine'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type Loop, type Next, startLoop } from '../lib/loop.ts'
import type { AppendResult, NewEntry } from '../store/log-store.ts'
import { DECIDE_BATCH_FIRST, nextBatchSize } from './batch-size.ts'
import { type DecideDeps, type Decided, decideOnce } from './decide-once.ts'

/** A silence longer than this before taking over is downtime: the log gets a clock entry marked `resumed`. */
const DOWNTIME_US = MINUTE
/** Undecided entries older than this make ingest answer 429. */
export const LAG_MAX_US = 30 * SECOND

export interface DeciderOptions extends DecideDeps {
  readonly clock: Clock
  readonly log: Log
  readonly engine?: EngineOptions
  /** Appends a clock entry when a timer is due and the log is quiet. */
  readonly append: (entries: readonly NewEntry[]) => Promise<readonly AppendResult[]>
  readonly onDecided: (decided: Decided, durationUs: number) => void
}

export interface Decider {
  /** Entries were appended. */
  wake(position: number): void
  /** Resolves true once the cursor has passed `position`, false when `timeoutUs` passed first. */
  passed(position: number, timeoutUs: number): Promise<boolean>
  /** How long the oldest undecided entry has waited, in microseconds; 0 when all is decided. */
  lag(): number
  readonly cursor: number
  /** What the engine holds; null while it is loading. */
  stats(): EngineStats | null
  stop(): Promise<void>
}

interface Engine {
  readonly state: EngineState
  readonly epoch: number
}

/** The one reader of the log that decides. Its memory is thrown away whenever a commit fails. */
export function startDecider(options: DeciderOptions): Decider {
  const { store, clock, log } = options
  let engine: Engine | null = null
  let cursor = 0
  let head = 0
  /** Since when entries have been waiting without a pause. */
  let behindSince = clock.now()
  let batchSize = DECIDE_BATCH_FIRST
  let waiters: { position: number; resolve: (passed: boolean) => void }[] = []

  async function takeOver(): Promise<Engine> {
    const epoch = await store.decisions.takeOver()
    const snapshot = await store.decisions.load()
    const last = await store.log.head()
    head = Math.max(head, last.position)
    if (snapshot.clock > 0 && clock.now() - Math.max(snapshot.clock, last.received) > DOWNTIME_US) {
      await options.append([{ kind: 'clock', project: 'default', resumed: true }])
    }
    return { epoch, state: loadEngine(snapshot, options.engine) }
  }

  async function turn(): Promise<Next> {
    engine ??= await takeOver()
    const current = engine
    try {
      const began = clock.now()
      const decided = await decideOnce(options, current.state, current.epoch, batchSize)
      moveCursor(current.state.cursor)
      if (decided.entries > 0) {
        batchSize = nextBatchSize(batchSize, decided.entries, decided.firings.length)
        options.onDecided(decided, clock.now() - began)
        return 'again'
      }
    } catch (error) {
      engine = null
      throw error
    }
    return dueTimer(current.state)
  }

  function moveCursor(position: number): void {
    cursor = position
    const done = waiters.filter((waiter) => waiter.position <= position)
    if (done.length === 0) return
    waiters = waiters.filter((waiter) => waiter.position > position)
    for (const waiter of done) waiter.resolve(true)
  }

  /** Time enters only through the log, so a due timer first becomes a clock entry. */
  async function dueTimer(state: EngineState): Promise<Next> {
    if (state.nextDeadline === null) return null
    if (state.nextDeadline > clock.now()) return state.nextDeadline
    await options.append([{ kind: 'clock', project: 'default', resumed: false }])
    return 'again'
  }

  const loop: Loop = startLoop({
    clock,
    turn,
    onError: (error) => log.error({ err: error }, 'deciding failed; the engine is loaded again'),
  })
  loop.wake()

  return {
    wake(position) {
      if (cursor >= head) behindSince = clock.now()
      head = Math.max(head, position)
      loop.wake()
    },
    passed(position, timeoutUs) {
      if (position <= cursor) return Promise.resolve(true)
      return new Promise((resolve) => {
        const waiter = { position, resolve: done }
        const cancel = clock.at(clock.now() + timeoutUs, () => done(false))
        function done(passed: boolean): void {
          cancel()
          waiters = waiters.filter((other) => other !== waiter)
          resolve(passed)
        }
        waiters.push(waiter)
      })
    },
    lag: () => (cursor < head ? clock.now() - Math.max(behindSince, engine?.state.clock ?? 0) : 0),
    get cursor() {
      return cursor
    },
    stats: () => (engine === null ? null : engineStats(engine.state)),
    async stop() {
      await loop.stop()
      for (const waiter of [...waiters]) waiter.resolve(false)
    },
  }
}
