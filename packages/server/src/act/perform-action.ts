import type { JsonObject, Labels } from '@upon/engine'
import { type Action, actionSchema } from '@upon/sdk'
import { z } from 'zod'
import { actionsOf } from '../decide/plan-launch.ts'
import type { Clock } from '../lib/clock.ts'
import { UserError } from '../lib/user-error.ts'
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

/** Characters of a failure's message that are kept. */
const ERROR_CHARS_MAX = 2_000

/** One attempt at one action, ready to be committed. */
export interface Attempt {
  /** When it ended. */
  readonly at: number
  readonly progress: LaunchProgress
  readonly related: readonly Labels[]
  /** Effects inside the store; their result is merged into the record. */
  readonly commit: NonNullable<Prepared['commit']> | null
}

/** Carries out the launch's next action up to what must be committed. Never throws for what the action did wrong. */
export async function performAction(context: ActionContext, clock: Pick<Clock, 'now'>): Promise<Attempt> {
  try {
    const action = actionAt(context)
    const prepared = await prepare(action, context)
    return succeededAttempt(context, action, { prepared, at: clock.now() })
  } catch (error) {
    return failedAttempt(context, error, clock.now())
  }
}

function succeededAttempt(
  context: ActionContext,
  action: Action,
  { prepared, at }: { prepared: Prepared; at: number },
): Attempt {
  const warnings = [...context.templates.warnings, ...(prepared.warnings ?? [])]
  const record = endedRecord(context, {
    state: 'succeeded',
    result: prepared.result ?? null,
    error: null,
    warnings,
    at,
  })
  return {
    at,
    progress: progressAfter(context, record, { at, onError: action.on_error }),
    related: prepared.related ?? [],
    commit: prepared.commit ?? null,
  }
}

/** The launch's next action as its automation version defines it. */
function actionAt(context: ActionContext): Action {
  const parsed = actionSchema.safeParse(storedAction(context))
  if (parsed.success) return parsed.data
  throw new ActionFailed(`this version of Upon cannot read the stored action: ${z.prettifyError(parsed.error)}`)
}

const storedAction = ({ automation, launch, index }: ActionContext): unknown =>
  actionsOf(automation.definition, launch.firing.state)[index]?.action

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

/** An attempt that failed: another one later, or the action's end. */
export function failedAttempt(context: ActionContext, error: unknown, at: number): Attempt {
  const action = actionSchema.safeParse(storedAction(context)).data ?? null
  const failure = expectedFailure(error)
  const byDefault =
    failure === null ? UNEXPECTED_ATTEMPTS : action === null ? 0 : (KINDS[action.type].retryAttempts ?? 0)
  const plan = retryPlan(action?.retry, byDefault)
  const mayRetry = failure === null || failure.retryable || action?.retry !== undefined
  const delay = mayRetry ? nextDelay(plan, attemptsSoFar(context)) : null
  const message = (error instanceof Error ? error.message : String(error)).slice(0, ERROR_CHARS_MAX)
  const told = { result: failure?.result ?? null, error: (failure?.message ?? message).slice(0, ERROR_CHARS_MAX), at }
  const progress =
    delay === null
      ? endAfterFailure(context, { ...told, dead: mayRetry && plan.attempts > 0, onError: action?.on_error ?? 'stop' })
      : retryAfterFailure(context, { ...told, due: at + delay })
  return { at, progress, related: failure?.related ?? [], commit: null }
}

/** What an action or a service refused in words; null for what nobody expected. */
function expectedFailure(error: unknown): ActionFailed | null {
  if (error instanceof ActionFailed) return error
  if (!(error instanceof UserError)) return null
  const problems = error.problems.map(({ path, message }) => `${path}: ${message}`).join('; ')
  if (problems === '') return new ActionFailed(error.message, { cause: error })
  return new ActionFailed(`${error.message}: ${problems}`, { result: { validation_error: problems }, cause: error })
}

interface Failure {
  readonly result: JsonObject | null
  readonly error: string
  readonly at: number
}

function endAfterFailure(
  context: ActionContext,
  { dead, onError, ...failure }: Failure & { dead: boolean; onError: Action['on_error'] },
): LaunchProgress {
  const { warnings } = context.templates
  const record = endedRecord(context, { ...failure, state: dead ? 'dead' : 'failed', warnings })
  return progressAfter(context, record, { at: failure.at, onError })
}

function retryAfterFailure(context: ActionContext, { due, ...failure }: Failure & { due: number }): LaunchProgress {
  const ended = endedRecord(context, { ...failure, state: 'retrying', warnings: [] })
  const action: ActionRecord = { ...ended, ended: null, nextAttempt: due }
  return { action, state: 'retrying', nextAction: context.index, due, ended: null, warnings: [] }
}

const attemptsSoFar = ({ launch, index }: ActionContext): number => (launch.actions[index]?.attempts ?? 0) + 1

function endedRecord(
  context: ActionContext,
  { at, ...outcome }: Pick<ActionRecord, 'state' | 'result' | 'error' | 'warnings'> & { at: number },
): ActionRecord {
  const before = context.launch.actions[context.index]
  if (before === undefined) throw new Error(`launch ${context.launch.id} has no action ${context.index}`)
  return {
    ...before,
    ...outcome,
    attempts: attemptsSoFar(context),
    started: before.started ?? context.now,
    ended: at,
    nextAttempt: null,
  }
}

/** Where the launch goes after an action that ended: on to the next one, or to its own end. */
function progressAfter(
  { launch, index }: ActionContext,
  record: ActionRecord,
  { at, onError }: { at: number; onError: Action['on_error'] },
): LaunchProgress {
  const { warnings } = record
  const last = index + 1 >= launch.actions.length
  const stop = record.state !== 'succeeded' && onError === 'stop'
  if (!last && !stop) return { action: record, state: 'running', nextAction: index + 1, due: at, ended: null, warnings }
  const others = launch.actions.filter((other) => other.index !== index)
  const state = launchEnd([...others, record].map((each) => each.state))
  return { action: record, state, nextAction: launch.actions.length, due: null, ended: at, warnings }
}

function launchEnd(states: readonly ActionState[]): LaunchState {
  if (states.includes('dead')) return 'dead'
  return states.includes('failed') ? 'failed' : 'succeeded'
}
