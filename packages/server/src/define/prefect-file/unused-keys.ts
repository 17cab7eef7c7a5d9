import type { JsonObject } from '@upon/engine'
import type { DeploymentEntry, FileEntry } from './file-schema.ts'
import type { Reporter } from './report.ts'
import { hasSteps } from './step-outputs.ts'

const NOT_RUN = 'is accepted, not used yet: its steps are not run'

/** Reports the keys of a deployment that Prefect knows and that have no effect yet. */
export function unusedKeys(entry: DeploymentEntry, own: JsonObject, reporter: Reporter): void {
  const { version_type: versionType, sla, schedule, schedules, concurrency_limit: limit } = entry
  const unused = (path: string, why = 'is accepted, not used yet') => reporter.notice('not-used', path, why)
  if (versionType) unused('version_type')
  if (sla !== undefined && sla !== null) unused('sla')
  if (limit?.grace_period_seconds !== undefined && limit?.grace_period_seconds !== null) {
    unused('concurrency_limit.grace_period_seconds')
  }
  if (entry.enforce_parameter_schema === true) {
    unused('enforce_parameter_schema', 'is accepted, not used yet: no schema is made from the function')
  }
  const scheduled = [schedule, ...(schedules ?? [])].some((each) => each && Object.keys(each).length > 0)
  for (const section of ['build', 'push'] as const) if (hasSteps(own[section])) unused(section, NOT_RUN)
  if (scheduled) unused(schedule ? 'schedule' : 'schedules', 'is kept, not used yet: it starts no runs in this version')
}

/** Reports the keys at the top of the file that have no effect yet. */
export function unusedTopKeys(file: FileEntry, reporter: Reporter): void {
  for (const key of ['name', 'prefect-version'] as const) {
    if (file[key]) reporter.notice('not-used', key, 'is accepted, not used: it only describes the file')
  }
  for (const section of ['build', 'push'] as const) {
    if (hasSteps(file[section])) reporter.notice('not-used', section, NOT_RUN)
  }
}
