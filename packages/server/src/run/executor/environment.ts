import type { Handover } from './handover.ts'
import type { ProcessSpec } from './process-spec.ts'

/** Longer parameters are only in the file: Linux refuses an environment variable above 128 KiB. */
export const PARAMETERS_ENV_BYTES_MAX = 100_000

export type BaseEnvironment = Readonly<Record<string, string | undefined>>

/** What the process sees: the base, then the run's own variables, then Upon's, which nothing overrides. */
export function environmentFor(spec: ProcessSpec, base: BaseEnvironment, handover: Handover): Record<string, string> {
  const env: Record<string, string> = { PYTHONUNBUFFERED: '1' }
  for (const [name, value] of [...Object.entries(base), ...Object.entries(spec.env)]) {
    if (value !== undefined) env[name] = value
  }
  env.UPON_RUN_ID = spec.runId
  env.UPON_ATTEMPT = String(spec.attempt)
  env.UPON_PARAMETERS_FILE = handover.parametersFile
  const optional: [string, string | null | undefined][] = [
    ['UPON_DEPLOYMENT', spec.deployment],
    ['TRACEPARENT', spec.traceparent],
    ['UPON_PARAMETERS', fitsEnvironment(handover.parametersText) ? handover.parametersText : null],
  ]
  for (const [name, value] of optional) {
    if (typeof value === 'string') env[name] = value
    else delete env[name]
  }
  return env
}

function fitsEnvironment(text: string): boolean {
  return text.length <= PARAMETERS_ENV_BYTES_MAX && Buffer.byteLength(text) <= PARAMETERS_ENV_BYTES_MAX
}
