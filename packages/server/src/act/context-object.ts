import type { Json, LoggedEvent } from '@upon/engine'
import { deploymentJson, flowJson } from '../present/deployment-json.ts'
import { runJson } from '../present/run-json.ts'
import { workPoolJson, workQueueJson } from '../present/work-pool-json.ts'
import type { Launch } from '../store/launch-table.ts'
import type { PageRequest, Tables } from '../store/store.ts'

/** Variables one template can see when it reads `variables`. */
const VARIABLES_MAX = 1_000

export interface ContextSource {
  readonly read: Tables
  readonly launch: Launch
  readonly event: LoggedEvent | null
  readonly now: number
}

/**
 * An object of the context that has to be looked up, found through the first resource of that kind the event involves
 * (spec: automations 5); undefined where there is none, and for a name the context does not have.
 */
export async function contextObject(name: string, source: ContextSource): Promise<Json | undefined> {
  if (source.event === null) return undefined
  if (name === 'variables') return variables(source)
  const id = involvedId(source.event, name.replace('_', '-'))
  const found = id === null ? null : await lookUp(name, id, source)
  return found === null ? undefined : JSON.parse(JSON.stringify(found))
}

function involvedId(event: LoggedEvent, kind: string): string | null {
  const prefix = `prefect.${kind}.`
  for (const resource of [event.resource, ...event.related]) {
    const id = resource['prefect.resource.id'] ?? ''
    if (id.startsWith(prefix) && !id.slice(prefix.length).includes('.')) return id.slice(prefix.length)
  }
  return null
}

async function lookUp(name: string, id: string, { read, launch, event, now }: ContextSource): Promise<object | null> {
  const { project } = launch
  switch (name) {
    case 'deployment': {
      const row = await read.deployments.find(project, id)
      return row === null ? null : deploymentJson(row)
    }
    case 'flow': {
      const row = await read.deployments.findFlow(project, id)
      return row === null ? null : flowJson(row)
    }
    case 'flow_run': {
      const row = await read.runs.find(project, id)
      return row === null ? null : { ...runJson(row, { now, worker: null }), ...stateAtEvent(event) }
    }
    case 'work_pool': {
      const row = await read.workPools.find(project, id)
      return row === null ? null : workPoolJson(row, await read.workPools.queues(project, row.id))
    }
    case 'work_queue': {
      for (const pool of await read.workPools.list(project)) {
        const queue = await read.workPools.findQueue(project, pool.id, id)
        if (queue !== null) return workQueueJson(queue)
      }
      return null
    }
    default:
      return null
  }
}

/** The state a run event tells of, which may no longer be the one the run is in (spec: automations 5). */
function stateAtEvent(event: LoggedEvent | null): object {
  const label = (name: string) => event?.resource[`prefect.state-${name}`]
  const [type, name, timestamp, message] = ['type', 'name', 'timestamp', 'message'].map(label)
  if ([type, name, timestamp, message].includes(undefined)) return {}
  return { state: { type, name, timestamp, message } }
}

async function variables({ read, launch }: ContextSource): Promise<Json> {
  const values: Record<string, Json> = {}
  let page: PageRequest | null = { limit: 200, cursor: null }
  while (page !== null && Object.keys(values).length < VARIABLES_MAX) {
    const { items, next }: Awaited<ReturnType<Tables['variables']['list']>> = await read.variables.list(
      launch.project,
      page,
    )
    for (const row of items) values[row.name] = row.value
    page = next === null ? null : { limit: 200, cursor: next }
  }
  return values
}
