import { StoreUnavailableError } from '../store/errors.ts'
import type { Launch } from '../store/launch-table.ts'
import type { Tables } from '../store/store.ts'
import { actionEvents } from './action-events.ts'
import type { ActionContext } from './action-kind.ts'
import { type Attempt, failedAttempt } from './perform-action.ts'
import type { LaunchWork } from './work-on-launch.ts'

/**
 * Commits an attempt with its effects and the launch's next step, or none of it. Returns the launch as it is now, or
 * null when someone else moved it on. An effect that is refused makes the attempt a failed one; throws
 * `StoreUnavailableError`, upon which the launch stays where it was.
 */
export async function commitAttempt(
  { store, wakes, clock }: Pick<LaunchWork, 'store' | 'wakes' | 'clock'>,
  context: ActionContext,
  attempt: Attempt,
): Promise<Launch | null> {
  const commit = (one: Attempt) => store.transaction((tx) => commitInside(tx, context, one))
  try {
    const launch = await commit(attempt).catch((error: unknown) => {
      if (error instanceof LaunchMovedError || error instanceof StoreUnavailableError) throw error
      return commit({ ...failedAttempt(context, error, clock.now()), related: attempt.related })
    })
    wakes.raised()
    if (attempt.commit !== null) wakes.runs()
    return launch
  } catch (error) {
    if (error instanceof LaunchMovedError) return null
    throw error
  }
}

async function commitInside(tx: Tables, context: ActionContext, attempt: Attempt): Promise<Launch | null> {
  const { launch, automation, event } = context
  const effect = attempt.commit === null ? {} : await attempt.commit(tx)
  const { progress } = attempt
  const action =
    effect.result === undefined
      ? progress.action
      : { ...progress.action, result: { ...progress.action.result, ...effect.result } }
  const moved = await tx.launches.progress(launch.id, { ...progress, action })
  if (!moved) throw new LaunchMovedError(`launch ${launch.id} was moved on by someone else`)
  if (action.state !== 'retrying') {
    const related = [...attempt.related, ...(effect.related ?? [])]
    await tx.raised.add(actionEvents({ launch, automation, action, event, related, now: attempt.at }))
  }
  return tx.launches.get(launch.project, launch.id)
}

/** Someone else recorded this action: nothing of this attempt may be kept. */
class LaunchMovedError extends Error {
  override readonly name = 'LaunchMovedError'
}
