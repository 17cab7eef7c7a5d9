import { isJsonObject, type Json, type JsonObject } from '@upon/engine'
import { booleanOf, type DeploymentEntry } from './file-schema.ts'
import type { Reporter } from './report.ts'

/** The pool of a deployment that names none. */
export const DEFAULT_WORK_POOL = 'default'

/** The members of a deploy request that the file says outright; `filled` is the entry as it is written, filled in. */
export function fieldsOf(entry: DeploymentEntry, filled: JsonObject, here: Reporter) {
  const { work_pool: pool, concurrency_limit: limit } = entry
  const workPool = pool?.name || DEFAULT_WORK_POOL
  if (!pool?.name) here.notice('assumed', 'work_pool', `names no work pool: "${DEFAULT_WORK_POOL}" is used`)
  return {
    version: entry.version ?? null,
    description: entry.description ?? '',
    tags: entry.tags ?? [],
    entrypoint: entry.entrypoint || null,
    command: entry.command ?? null,
    parameters: entry.parameters ?? {},
    enforce_parameter_schema: entry.enforce_parameter_schema ?? false,
    job_variables: { ...pool?.job_variables, ...entry.job_variables },
    concurrency_limit: limit?.limit ?? null,
    collision_strategy: limit?.collision_strategy ?? 'ENQUEUE',
    work_pool: workPool,
    work_queue: pool?.work_queue_name || null,
    paused: entry.paused ?? false,
    schedules: schedulesOf(filled, here),
    timeout_seconds: entry.timeout_seconds ?? null,
    retries: entry.retries ?? 0,
    retry_delay_seconds: entry.retry_delay_seconds ?? 0,
  } as const
}

/** Schedules as they are written; the empty one of a new file is none. */
function schedulesOf({ schedule, schedules }: JsonObject, here: Reporter): JsonObject[] {
  const single = given(schedule)
  if (single.length > 0 && Array.isArray(schedules)) {
    here.problem({ path: 'schedule', message: 'give schedules only: schedule is its older form' })
  }
  return [...single, ...given(schedules)]
}

function given(list: Json | undefined): JsonObject[] {
  return (Array.isArray(list) ? list : [list ?? null])
    .filter(isJsonObject)
    .filter((schedule) => Object.keys(schedule).length > 0)
    .map((schedule) => ({ ...schedule, ...('active' in schedule && { active: booleanOf(schedule.active) ?? null }) }))
}
