import type { JsonObject, Labels, LoggedEvent } from '@upon/engine'
import type { Action, ActionOf } from '@upon/sdk'
import type { AutomationVersionRow } from '../store/automation-table.ts'
import type { Launch } from '../store/launch-table.ts'
import type { Tables } from '../store/store.ts'
import type { ActionTemplates } from './action-templates.ts'
import type { OutgoingHttp } from './outgoing-http.ts'

/** Everything one action of one launch may look at. */
export interface ActionContext {
  readonly project: string
  readonly launch: Launch
  readonly automation: AutomationVersionRow
  /** The triggering event of this action's list, or null where a trigger fired without one. */
  readonly event: LoggedEvent | null
  readonly index: number
  /** The same on every attempt of this action. */
  readonly idempotencyKey: string
  readonly now: number
  readonly read: Tables
  readonly templates: ActionTemplates
  readonly http: OutgoingHttp
  readonly actor: string
}

/** What an action did or will do, ready to be committed together with the launch's progress. */
export interface Prepared {
  readonly result?: JsonObject
  readonly warnings?: readonly string[]
  /** Resources the action's events name. */
  readonly related?: readonly Labels[]
  /** Effects inside the store. Runs in the transaction that records the action. */
  readonly commit?: (tx: Tables) => Promise<{ readonly result?: JsonObject; readonly related?: readonly Labels[] }>
}

/** One type of action: how to carry it out. Its parameters' schema is the contract's. */
export interface ActionKind<T extends Action['type']> {
  readonly type: T
  /** Throws `ActionFailed` when it cannot be done; anything else thrown is tried again. */
  readonly prepare: (action: ActionOf<T>, context: ActionContext) => Promise<Prepared>
  /** Attempts after the first, unless the action says otherwise. @default 0 */
  readonly retryAttempts?: number
}

/** The action could not be done. With `retryable`, another attempt may succeed. */
export class ActionFailed extends Error {
  override readonly name = 'ActionFailed'
  readonly retryable: boolean
  readonly result: JsonObject | null
  readonly related: readonly Labels[]
  constructor(
    message: string,
    options: { retryable?: boolean; result?: JsonObject; related?: readonly Labels[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.retryable = options.retryable ?? false
    this.result = options.result ?? null
    this.related = options.related ?? []
  }
}
