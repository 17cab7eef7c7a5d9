import type { Renderer } from '../act/template/renderer.ts'
import type { Clock } from '../lib/clock.ts'
import type { Store, Tables } from '../store/store.ts'

/** What every part of the define service works with. */
export interface DefineContext {
  readonly store: Pick<Store, 'read'>
  readonly renderer: Renderer
  readonly clock: Clock
  readonly newId: () => string
  /** Runs a transaction, then waits until the entries it raised are in the log. */
  readonly commit: <T>(work: (tx: Tables) => Promise<Committed<T>>) => Promise<T>
}

export interface Committed<T> {
  readonly result: T
  /** Raised entries the answer has to wait for. */
  readonly sequences: readonly (number | null)[]
  /** Runs that waited may start now: a pool or queue was resumed, a limit was raised. */
  readonly startable?: boolean
}
