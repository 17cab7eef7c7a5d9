import type { Clock } from '../lib/clock.ts'
import type { RunRow } from '../store/run-table.ts'
import type { Store } from '../store/store.ts'

/** What every part of the run service works with. */
export interface RunContext {
  readonly store: Pick<Store, 'read' | 'transaction'>
  readonly clock: Clock
  readonly newId: () => string
  /** Tells the rest of the server that these runs are in another state, after it was committed. */
  announce(...runs: readonly Pick<RunRow, 'project' | 'id'>[]): void
  /** There may be runs to start. */
  startable(): void
}
