import type { JsonObject, Labels } from '@upon/engine'
import { type Action, actionSchema } from '@upon/sdk'
import { actionsOf } from '../decide/plan-launch.ts'
import type { ActionRecord, ActionState, LaunchProgress, LaunchState } from '../store/launch-table.ts'
import { type ActionContext, ActionFailed, type ActionKind, type Prepared } from './action-kind.ts'
import { callWebhook } from './actions/call-webhook.ts'
import { doNothing } from './actions/do-nothing.ts'
import { emitEvent } from './actions/emit-event.ts'
import { pauseAutomation, resumeAutomation } from './actions/pause-automation.ts'
import { pauseDeployment, resumeDeployment } from './actions/pause-deployment.ts'
import { runDeployment } from './actions/run-deployment.ts'
import { nextDelay, retryPlan, UNEXPECTED_ATTEMPTS } from './retry.ts'

const KINDS: { readonly [T in Action['type']]: ActionKind<T> } = {
  'run-deployment': runDeployment,
  'pause-deployment': pauseDeployment,
  'resume-deployment': resumeDeployment,
  'pause-automation': pauseAutomation,
  'resume-automation': resumeAutomation,
  'call-webhook': callWebhook,
  'emit-event': emitEvent,
  'do-nothing': doNothing,
}

/** One attempt at one action, ready to be committed. */
export interface Attempt {
  readonly progress: LaunchProgress
  readonly related: readonly Labels[]
  /** Effects inside the store; their result is merged into the record. */
  readonly commit: NonNullable<Prepared['commit']> | null
}

/** The launch's next action as its automation version defines it. */
export function actionAt(context: Pick<ActionContext, 'launch' | 'automation' | 'index'>): Action {
  const stored = actionsOf(context.automation.definition, context.launch.firing.state)[context.index]
  return actionSchema.parse(stored?.action)
}

/** Carries out the launch's next action up to what must be committed. Never throws for what the action did wrong. */
export async function performAction(context: ActionContext): Promise<Attempt> {
  const action = actionAt(context)
  try {
    const prepared = await prepare(action, context)
    const record = endedRecord(context, 'succeeded', { result: prepared.result ?? null, error: null })
    return {
      progress: progressAfter(
        context,
        action,
        withWarnings(record, [...context.templates.warnings, ...(prepared.warnings ?? [])]),
      ),
      related: prepared.related ?? [],
      commit: prepared.commit ?? null,
    }
  } catch (error) {
    return failedAttempt(context, action, error)
  }
}

function prepare(action: Action, context: ActionContext): Promise<Prepared> {
  switch (action.type) {
    case 'run-deployment':
      return KINDS[action.type].prepare(action, context)
    case 'pause-deployment':
      return KINDS[action.type].prepare(action, context)
    case 'resume-deployment':
      return KINDS[action.type].prepare(action, context)
    case 'pause-automation':
      return KINDS[action.type].prepare(action, context)
    case 'resume-automation':
      return KINDS[action.type].prepare(action, context)
    case 'call-webhook':
      return KINDS[action.type].prepare(action, context)
    case 'emit-event':
      return KINDS[action.type].prepare(action, context)
    case 'do-nothing':
      return KINDS[action.type].prepare(action, context)
  }
}

/** The progress of an action that failed: another attempt later, or its end. */
export function failedAttempt(context: ActionContext, action: Action, error: unknown): Attempt {
  const expected = error instanceof ActionFailed
  const attempts = attemptsSoFar(context)
  const byDefault = expected ? (KINDS[action.type].retryAttempts ?? 0) : UNEXPECTED_ATTEMPTS
  const plan = retryPlan(action, byDefault)
  const mayRetry = !expected || error.retryable || action.retry !== undefined
  const delay = mayRetry ? nextDelay(plan, attempts) : null
  const message = error instanceof Error ? error.message : String(error)
  const result = expected ? error.result : null
  const related = expected ? error.related : []
  if (delay === null) {
    const state = mayRetry && plan.attempts > 0 ? 'dead' : 'failed'
    const record = withWarnings(endedRecord(context, state, { result, error: message }), context.templates.warnings)
    return { progress: progressAfter(context, action, record), related, commit: null }
  }
  const due = context.now + delay
  const record: ActionRecord = {
    ...endedRecord(context, 'retrying', { result, error: message }),
    ended: null,
    nextAttempt: due,
  }
  return {
    progress: { action: record, state: 'retrying', nextAction: context.index, due, ended: null, warnings: [] },
    related,
    commit: null,
  }
}

const attemptsSoFar = ({ launch, index }: ActionContext): number => (launch.actions[index]?.attempts ?? 0) + 1

function endedRecord(
  context: ActionContext,
  state: ActionState,
  outcome: { result: JsonObject | null; error: string | null },
): ActionRecord {
  const before = context.launch.actions[context.index]
  if (before === undefined) throw new Error(`launch ${context.launch.id} has no action ${context.index}`)
  return {
    ...before,
    state,
    attempts: attemptsSoFar(context),
    ...outcome,
    started: before.started ?? context.now,
    ended: context.now,
    nextAttempt: null,
  }
}

const withWarnings = (record: ActionRecord, warnings: readonly string[]): ActionRecord => ({ ...record, warnings })

/** Where the launch goes after an action that ended: on to the next one, or to its own end. */
function progressAfter(context: ActionContext, action: Action, record: ActionRecord): LaunchProgress {
  const { launch, index, now } = context
  const others = launch.actions.filter((other) => other.index !== index)
  const failed = record.state !== 'succeeded'
  const last = index + 1 >= launch.actions.length
  const stop = failed && action.on_error === 'stop'
  if (!last && !stop) {
    return { action: record, state: 'running', nextAction: index + 1, due: now, ended: null, warnings: record.warnings }
  }
  const state = launchEnd([...others, record].map((each) => each.state))
  return { action: record, state, nextAction: launch.actions.length, due: null, ended: now, warnings: record.warnings }
}

function launchEnd(states: readonly ActionState[]): LaunchState {
  if (states.includes('dead')) return 'dead'
  return states.includes('failed') ? 'failed' : 'succeeded'
}
