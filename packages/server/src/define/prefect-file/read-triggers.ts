import { isJsonObject, type Json, type JsonObject, lintLoop, lintTrigger, type Problem, validate } from '@upon/engine'
import { type DeploymentTrigger, type DeploymentTriggerInput, deploymentTriggerSchema } from '@upon/sdk'
import { booleanOf } from './file-schema.ts'
import { type FillIn, fillIn } from './fill-in.ts'
import type { Reporter } from './report.ts'

/** A trigger as it is written, and how it is filled in. */
export interface TriggerSpec {
  readonly value: Json
  /** Reports about this trigger. */
  readonly reporter: Reporter
  readonly fill: FillIn
  /** How its `parameters` are filled in; null leaves them to the run. */
  readonly fillParameters: FillIn | null
}

/** What the engine says of the kinds of triggers it will run in a later version. */
const NOT_YET = 'not supported yet in this version'

/**
 * The triggers of a deployment, each with a name. A kind that this version does not run is passed over with a notice;
 * `sources[i]` is the place in `specs` the i-th came from.
 */
export async function readTriggers(
  specs: readonly TriggerSpec[],
  deploymentName: string,
): Promise<{ triggers: DeploymentTriggerInput[]; sources: number[] }> {
  const triggers: DeploymentTriggerInput[] = []
  const sources: number[] = []
  for (const [index, spec] of specs.entries()) {
    const trigger = await readTrigger(spec, `${deploymentName}__automation_${index + 1}`)
    if (trigger === null) continue
    triggers.push(flat(trigger))
    sources.push(index)
  }
  return { triggers, sources }
}

async function readTrigger(spec: TriggerSpec, defaultName: string): Promise<DeploymentTrigger | null> {
  const { value, reporter } = spec
  if (!isJsonObject(value)) {
    reporter.problem({ path: '', message: 'must be an object' })
    return null
  }
  const filled = await fillTrigger(value, spec)
  if ('tags' in filled) reporter.notice('not-used', 'tags', 'triggers have no tags, neither here nor in Prefect')
  const { tags: _ignored, ...given } = filled
  const checked = validate(deploymentTriggerSchema, {
    ...given,
    name: given.name ?? defaultName,
    ...('enabled' in given && { enabled: booleanOf(given.enabled) }),
  })
  if (!checked.ok) {
    refuse(checked.problems, reporter)
    return null
  }
  const { trigger } = checked.value
  for (const { path, message } of [...lintTrigger(trigger), ...lintLoop(trigger, ['run-deployment'])]) {
    reporter.notice('lint', path, message)
  }
  return checked.value
}

async function fillTrigger(value: JsonObject, { fill, fillParameters }: TriggerSpec): Promise<JsonObject> {
  const { parameters, ...rest } = value
  const filled = await fillIn(rest, '', fill)
  const kept =
    fillParameters === null || parameters === undefined
      ? parameters
      : await fillIn(parameters, 'parameters', fillParameters)
  return { ...(isJsonObject(filled) ? filled : {}), ...(kept !== undefined && { parameters: kept }) }
}

function refuse(problems: readonly Problem[], reporter: Reporter): void {
  if (problems.every(({ message }) => message.endsWith(NOT_YET))) {
    for (const { path, message } of problems) reporter.notice('skipped', path, `${message}: this trigger is left out`)
    return
  }
  for (const problem of problems) reporter.problem(problem)
}

/** Trigger and automation fields side by side again, as a deploy request has them. */
function flat({ trigger, ...automation }: DeploymentTrigger): DeploymentTriggerInput {
  return { ...trigger, ...automation }
}
