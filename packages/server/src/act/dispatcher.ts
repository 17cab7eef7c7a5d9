import type { LoggedEvent } from '@upon/engine'
import type { Definitions } from '../decide/definitions.ts'
import { firingEventId } from '../decide/firing-event.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type Loop, startLoop } from '../lib/loop.ts'
import type { Wakes } from '../lib/wakes.ts'
import type { Launch } from '../store/launch-table.ts'
import type { Store, Tables } from '../store/store.ts'
import { actionEvents } from './action-events.ts'
import { type ActionContext, ActionFailed } from './action-kind.ts'
import { createActionTemplates } from './action-templates.ts'
import type { OutgoingHttp } from './outgoing-http.ts'
import { type Attempt, actionAt, failedAttempt, performAction } from './perform-action.ts'
import type { Renderer } from './template/renderer.ts'

/** Launches worked on at the same time; more wait in the outbox. */
export const LAUNCHES_AT_ONCE_MAX = 32

export interface DispatcherOptions {
  readonly store: Pick<Store, 'read' | 'transaction'>
  readonly definitions: Definitions
  readonly renderer: Renderer
  readonly http: OutgoingHttp
  readonly clock: Clock
  readonly log: Log
  readonly wakes: Wakes
  readonly onLaunch: (project: string, launchId: string) => void
}

export interface Dispatcher {
  wake(): void
  /** Resolves when no launch is being worked on and none is due. */
  idle(): Promise<void>
  /** Lets the actions under way end and starts no other. */
  stop(): Promise<void>
}

/** Takes due launches from the outbox and carries out their actions, one commit per action. */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, clock, log } = options
  const busy = new Map<string, Promise<void>>()

  const loop: Loop = startLoop({
    clock,
    onError: (error) => log.error({ err: error }, 'could not read the outbox'),
    async turn() {
      const room = LAUNCHES_AT_ONCE_MAX - busy.size
      if (room <= 0) return null
      const due = await store.read.launches.due(clock.now(), room, new Set(busy.keys()))
      for (const launch of due) begin(launch)
      return due.length > 0 ? null : store.read.launches.nextDue(new Set(busy.keys()))
    },
  })

  function begin(launch: Launch): void {
    if (busy.has(launch.id)) return
    const work = workOn(options, launch)
      .catch((error: unknown) =>
        log.error({ err: error, launch: launch.id }, 'could not commit a launch; it stays due'),
      )
      .finally(() => {
        busy.delete(launch.id)
        loop.wake()
      })
    busy.set(launch.id, work)
  }

  loop.wake()
  return {
    wake: loop.wake,
    async idle() {
      do {
        await loop.idle()
        await Promise.all(busy.values())
      } while (busy.size > 0)
    },
    async stop() {
      await loop.stop()
      await Promise.all(busy.values())
    },
  }
}

/** Works on one launch until it ends or waits for another attempt. */
async function workOn(options: DispatcherOptions, launch: Launch): Promise<void> {
  let current = launch
  for (;;) {
    const context = await contextOf(options, current)
    const next = await commitAttempt(options, context, await performAction(context))
    options.onLaunch(current.project, current.id)
    if (next === null || next.ended !== null || next.state === 'retrying') return
    current = next
  }
}

async function contextOf(options: DispatcherOptions, launch: Launch): Promise<ActionContext> {
  const { store, definitions, renderer, http, clock } = options
  const index = launch.nextAction
  const automation = await definitions.get(launch.project, launch.automationId, launch.version)
  const event = await triggeringEvent(store.read, launch, index)
  const record = launch.actions[index]
  if (record === undefined) throw new Error(`launch ${launch.id} has no action ${index}`)
  return {
    project: launch.project,
    launch,
    automation,
    event,
    index,
    idempotencyKey: record.idempotencyKey,
    now: clock.now(),
    read: store.read,
    templates: createActionTemplates({ renderer, read: store.read, launch, automation, event, now: clock.now() }),
    http,
    actor: `automation ${automation.key}`,
  }
}

/** `actions` see the firing's event; the other lists see the event the firing itself raised (spec: automations 4.1). */
async function triggeringEvent(read: Tables, launch: Launch, index: number): Promise<LoggedEvent | null> {
  if (launch.actions[index]?.list !== 'actions') {
    const raised = await read.events.get(launch.project, firingEventId(launch.firing.id))
    if (raised !== null) return raised
  }
  return launch.firing.event === null ? null : read.events.at(launch.firing.event.position)
}

/** Returns the launch as it is now, or null when someone else moved it on. */
async function commitAttempt(
  options: DispatcherOptions,
  context: ActionContext,
  attempt: Attempt,
): Promise<Launch | null> {
  const { wakes, clock } = options
  const launch = await options.store
    .transaction((tx) => commitInside(tx, context, attempt))
    .catch(async (error: unknown) => {
      if (!(error instanceof ActionFailed)) throw error
      const failed = failedAttempt(context, actionAt(context), error)
      return options.store.transaction((tx) => commitInside(tx, { ...context, now: clock.now() }, failed))
    })
  wakes.raised()
  if (attempt.commit !== null) wakes.runs()
  return launch
}

async function commitInside(tx: Tables, context: ActionContext, attempt: Attempt): Promise<Launch | null> {
  const { launch } = context
  const effect = attempt.commit === null ? {} : await attempt.commit(tx)
  const { progress } = attempt
  const action =
    effect.result === undefined
      ? progress.action
      : { ...progress.action, result: { ...progress.action.result, ...effect.result } }
  const moved = await tx.launches.progress(launch.id, { ...progress, action })
  if (!moved) throw new LaunchMovedError(launch.id)
  if (action.state !== 'retrying') {
    const related = [...attempt.related, ...(effect.related ?? [])]
    const { automation, event, now } = context
    await tx.raised.add(actionEvents({ launch, automation, action, event, related, now }))
  }
  return tx.launches.get(launch.project, launch.id)
}

/** Someone else recorded this action: nothing of this attempt may be kept. */
class LaunchMovedError extends Error {
  override readonly name = 'LaunchMovedError'
  constructor(id: string) {
    super(`launch ${id} was moved on by someone else`)
  }
}
