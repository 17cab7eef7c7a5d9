import { type JsonObject, type Labels, MINUTE } from '@upon/engine'
import { instantText } from '../lib/instant-text.ts'
import type { NewRaised } from '../store/raised-table.ts'
import type { RunRow, RunState, RunStateType } from '../store/run-table.ts'
import type { RunSurroundings } from './run-surroundings.ts'

/** `follows` is set only between events this close together (spec: automations 8.1). */
const FOLLOWS_WITHIN_US = 5 * MINUTE
/** Characters of the label `prefect.state-message` (spec: automations 8.1). */
const MESSAGE_CHARS_MAX = 100_000

export interface FlowRunChange {
  /** The run in its new state. */
  readonly run: RunRow
  readonly previous: RunState | null
  /** What was asked for, where a rule made something else of it. @default the new state's type */
  readonly intended?: RunStateType | undefined
  readonly surroundings: RunSurroundings
}

/** The event `prefect.flow-run.<StateName>` of a run's new state (spec: automations 8.1). */
export function flowRunEvent({ run, previous, intended, surroundings }: FlowRunChange): NewRaised {
  const { state } = run
  const close = previous !== null && Math.abs(state.at - previous.at) < FOLLOWS_WITHIN_US
  return {
    kind: 'event',
    event: {
      project: run.project,
      id: state.id,
      source: 'upon',
      event: `prefect.flow-run.${state.name}`,
      occurred: state.at,
      occurredText: instantText(state.at),
      resource: resourceOf(run),
      related: relatedTo(run, surroundings),
      payload: {
        intended: { from: previous?.type ?? null, to: intended ?? state.type },
        initial_state: previous === null ? null : statePayload(previous),
        validated_state: statePayload(state),
      },
      follows: close ? previous.id : null,
      depth: run.depth,
      rootId: run.rootId,
      rootReceived: run.rootReceived,
      traceparent: run.traceparent,
    },
  }
}

function resourceOf(run: RunRow): Labels {
  const { state } = run
  return {
    'prefect.resource.id': `prefect.flow-run.${run.id}`,
    'prefect.resource.name': run.name,
    'prefect.run-count': String(startedAttempts(run)),
    'prefect.state-message': (state.message ?? '').slice(0, MESSAGE_CHARS_MAX),
    'prefect.state-name': state.name,
    'prefect.state-timestamp': instantText(state.at),
    'prefect.state-type': state.type,
  }
}

/** An attempt counts from RUNNING on, as in Prefect. */
const startedAttempts = ({ state, attempt }: RunRow): number =>
  state.type === 'PENDING' ? Math.max(0, attempt - 1) : attempt

function statePayload({ type, name, message }: RunState): JsonObject {
  return message === null ? { type, name } : { type, name, message: message.slice(0, MESSAGE_CHARS_MAX) }
}

function relatedTo(
  run: RunRow,
  { flowTags, deploymentTags, queueId, pool, automationName }: RunSurroundings,
): Labels[] {
  const tags = [...new Set([...run.tags, ...flowTags, ...deploymentTags])].sort()
  const deployment = resource(`prefect.deployment.${run.deploymentId}`, run.deploymentName)
  return [
    { ...resource(`prefect.flow.${run.flowId}`, run.flowName), 'prefect.resource.role': 'flow' },
    { ...deployment, 'prefect.resource.role': 'deployment' },
    ...(queueId === null || run.workQueue === null
      ? []
      : [{ ...resource(`prefect.work-queue.${queueId}`, run.workQueue), 'prefect.resource.role': 'work-queue' }]),
    ...(pool === null
      ? []
      : [
          {
            ...resource(`prefect.work-pool.${pool.id}`, pool.name),
            'prefect.resource.role': 'work-pool',
            'prefect.work-pool.type': pool.type,
          },
        ]),
    ...tags.map((tag) => ({ 'prefect.resource.id': `prefect.tag.${tag}`, 'prefect.resource.role': 'tag' })),
    {
      ...(run.automationId === null
        ? deployment
        : resource(`prefect.automation.${run.automationId}`, automationName ?? run.automationKey ?? run.automationId)),
      'prefect.resource.role': 'creator',
    },
  ]
}

const resource = (id: string, name: string) => ({ 'prefect.resource.id': id, 'prefect.resource.name': name })
