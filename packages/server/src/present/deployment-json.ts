import type { Deployment, DeploymentRef, Flow } from '@upon/sdk'
import { instantText } from '../lib/instant-text.ts'
import type { DeploymentRow, FlowRow } from '../store/deployment-table.ts'

/** A deployment as the API shows it. */
export function deploymentJson(row: DeploymentRow): Deployment {
  return {
    ...deploymentRef(row.id, row.flowName, row.name),
    key: row.key,
    flow: { id: row.flowId, name: row.flowName },
    version: row.version,
    description: row.description ?? '',
    tags: [...row.tags],
    entrypoint: row.entrypoint,
    command: typeof row.command === 'string' || row.command === null ? row.command : [...row.command],
    directory: row.directory,
    commit: row.commit,
    parameters: row.parameters,
    parameter_schema: row.parameterSchema,
    enforce_parameter_schema: row.enforceParameterSchema,
    job_variables: row.jobVariables,
    concurrency_limit: row.concurrencyLimit,
    collision_strategy: row.collisionStrategy,
    work_pool: row.workPool,
    work_queue: row.workQueue,
    paused: row.paused,
    schedules: [...row.schedules],
    timeout_seconds: row.timeoutSeconds,
    retries: row.retries,
    retry_delay_seconds: row.retryDelaySeconds,
    created: instantText(row.created),
    updated: instantText(row.updated),
  }
}

export function deploymentRef(id: string, flow: string, name: string): DeploymentRef {
  return { id, name, full_name: `${flow}/${name}` }
}

export function flowJson(row: FlowRow): Flow {
  return { id: row.id, name: row.name, tags: [...row.tags], created: instantText(row.created) }
}
