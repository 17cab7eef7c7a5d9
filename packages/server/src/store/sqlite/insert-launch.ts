import type { Firing } from '@upon/engine'
import type { NewLaunch } from '../launch-table.ts'
import type { SqliteDatabase } from './driver.ts'

const LAUNCH = `
INSERT INTO launches (id, project, automation_id, automation_key, version, state, reason_code, reason_detail, warnings,
                      next_action, due, fired, ended, event_id, event_position, depth, root_id, root_received, traceparent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]', 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const ACTION = `
INSERT INTO launch_actions (launch_id, action_index, project, list, type, name, state, attempts, idempotency_key, warnings)
VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, '[]')`

/** Writes a launch with its actions; due, or ended where it was refused or has nothing to do. */
export function createLaunchInsert(db: SqliteDatabase) {
  const insertLaunch = db.prepare(LAUNCH)
  const insertAction = db.prepare(ACTION)

  return function insert(launch: NewLaunch, firing: Firing): void {
    const refused = launch.state === 'refused'
    const done = refused || launch.actions.length === 0
    insertLaunch.run(
      launch.id,
      firing.project,
      firing.automationId,
      firing.automationKey,
      firing.version,
      !refused && done ? 'succeeded' : launch.state,
      launch.reason?.code ?? null,
      launch.reason?.detail ?? null,
      done ? null : (launch.due ?? firing.at),
      firing.at,
      done ? firing.at : null,
      firing.event?.id ?? null,
      firing.event?.position ?? null,
      firing.depth,
      firing.rootId,
      firing.rootReceived,
      firing.traceparent,
    )
    for (const [index, action] of launch.actions.entries()) {
      const state = refused ? 'skipped' : 'pending'
      const key = idempotencyKey(launch.id, index)
      insertAction.run(launch.id, index, firing.project, action.list, action.type, action.name, state, key)
    }
  }
}

/** Stable over attempts and servers: what called systems may deduplicate by. */
export const idempotencyKey = (launchId: string, index: number): string => `${launchId}-${index}`
