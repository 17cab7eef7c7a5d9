import type { Firing } from '@upon/engine'
import type { Firing as FiringJson, LaunchAction, Launch as LaunchJson } from '@upon/sdk'
import { instantText, instantTextOrNull } from '../lib/instant-text.ts'
import type { ActionRecord, Launch } from '../store/launch-table.ts'

/** A row of the launch log as the API shows it. `projectKey` is the key of its project. */
export function launchJson(launch: Launch, projectKey: string): LaunchJson {
  const { firing } = launch
  return {
    id: launch.id,
    project: projectKey,
    automation: {
      id: launch.automationId,
      key: launch.automationKey,
      name: launch.automationName,
      version: launch.version,
    },
    firing: firingJson(firing),
    state: launch.state,
    reason: launch.reason === null ? null : { ...launch.reason },
    depth: firing.depth,
    root_id: firing.rootId,
    traceparent: firing.traceparent,
    warnings: [...launch.warnings],
    actions: launch.actions.map(actionJson),
    fired_at: instantText(firing.at),
    ended: instantTextOrNull(launch.ended),
  }
}

function firingJson(firing: Firing): FiringJson {
  return {
    id: firing.id,
    trigger_path: firing.triggerPath,
    state: firing.state,
    key: firing.key,
    labels: { ...firing.labels },
    at: instantText(firing.at),
    event_id: firing.event?.id ?? null,
    event_position: firing.event?.position ?? null,
    cause: firing.cause,
    value: firing.value,
  }
}

function actionJson(action: ActionRecord): LaunchAction {
  return {
    index: action.index,
    list: action.list,
    type: action.type,
    name: action.name,
    state: action.state,
    attempts: action.attempts,
    idempotency_key: action.idempotencyKey,
    result: action.result,
    error: action.error,
    warnings: [...action.warnings],
    started: instantTextOrNull(action.started),
    ended: instantTextOrNull(action.ended),
    next_attempt: instantTextOrNull(action.nextAttempt),
  }
}
