import type { LoggedEvent } from '@upon/engine'
import type { Definitions } from '../decide/definitions.ts'
import { firingEventId } from '../decide/firing-event.ts'
import type { Clock } from '../lib/clock.ts'
import type { Wakes } from '../lib/wakes.ts'
import type { Launch } from '../store/launch-table.ts'
import type { Store, Tables } from '../store/store.ts'
import type { ActionContext } from './action-kind.ts'
import { createActionTemplates } from './action-templates.ts'
import { commitAttempt } from './commit-attempt.ts'
import type { OutgoingHttp } from './outgoing-http.ts'
import { performAction } from './perform-action.ts'
import type { Renderer } from './template/renderer.ts'

export interface LaunchWork {
  readonly store: Pick<Store, 'read' | 'transaction'>
  readonly definitions: Definitions
  readonly renderer: Renderer
  readonly http: OutgoingHttp
  readonly clock: Clock
  readonly wakes: Wakes
  readonly onLaunch: (project: string, launchId: string) => void
}

/** How a stop reaches a launch that is being worked on. */
export interface Stopping {
  /** Start no further action. */
  asked: boolean
  /** Commit nothing more: the store is about to be closed. What was begun is begun again after the next start. */
  over: boolean
}

/** The event this action is to see is not in the log yet. */
export class NotInLogYetError extends Error {
  override readonly name = 'NotInLogYetError'
}

/** Works on one launch, one commit per action, until it ends, waits for another attempt, or the server stops. */
export async function workOnLaunch(work: LaunchWork, launch: Launch, stopping: Stopping): Promise<void> {
  let current: Launch | null = launch
  while (current !== null && !stopping.asked) {
    const context: ActionContext = await contextOf(work, current)
    const attempt = await performAction(context, work.clock)
    if (stopping.over) return
    const next = await commitAttempt(work, context, attempt)
    work.onLaunch(launch.project, launch.id)
    current = next === null || next.ended !== null || next.state === 'retrying' ? null : next
  }
}

async function contextOf(work: LaunchWork, launch: Launch): Promise<ActionContext> {
  const { store, definitions, renderer, http, clock } = work
  const index = launch.nextAction
  const record = launch.actions[index]
  if (record === undefined) throw new Error(`launch ${launch.id} has no action ${index}`)
  const automation = await definitions.get(launch.project, launch.automationId, launch.version)
  const event = await triggeringEvent(store.read, launch, index)
  const now = clock.now()
  return {
    project: launch.project,
    launch,
    automation,
    event,
    index,
    idempotencyKey: record.idempotencyKey,
    now,
    read: store.read,
    templates: createActionTemplates({ renderer, read: store.read, launch, automation, event, now }),
    http,
    actor: `automation ${automation.key}`,
  }
}

/** `actions` see the firing's event; the other lists see the event the firing itself raised (spec: automations 4.1). */
async function triggeringEvent(read: Tables, launch: Launch, index: number): Promise<LoggedEvent | null> {
  if (launch.actions[index]?.list !== 'actions') {
    const raised = await read.events.get(launch.project, firingEventId(launch.firing.id))
    if (raised !== null) return raised
    // Removed by retention when nothing is on its way to the log.
    if ((await read.raised.count()) > 0) throw new NotInLogYetError(`launch ${launch.id} waits for its own event`)
  }
  return launch.firing.event === null ? null : read.events.at(launch.firing.event.position)
}
