import { SECOND } from '@upon/engine'
import type { Action } from '@upon/sdk'

/** Attempts after the first for failures nobody expected, such as a busy disk. */
export const UNEXPECTED_ATTEMPTS = 5
const DELAY_US = 1 * SECOND
const DELAY_MAX_US = 300 * SECOND

export interface RetryPlan {
  /** Attempts after the first. */
  readonly attempts: number
  readonly delayUs: number
  readonly delayMaxUs: number
}

/** How often and how patiently an action is tried again: as it says, else as its type does. */
export function retryPlan(retry: Action['retry'], attemptsByDefault: number): RetryPlan {
  return {
    attempts: retry?.attempts ?? attemptsByDefault,
    delayUs: retry?.delay === undefined ? DELAY_US : retry.delay * SECOND,
    delayMaxUs: retry?.max_delay === undefined ? DELAY_MAX_US : retry.max_delay * SECOND,
  }
}

/** The wait before attempt `attempts + 1`, doubling from `delayUs`; null when `attempts` were all there are. */
export function nextDelay(plan: RetryPlan, attempts: number): number | null {
  if (attempts > plan.attempts) return null
  return Math.min(plan.delayUs * 2 ** Math.min(attempts - 1, 40), plan.delayMaxUs)
}
