import type { Firing, WindowChange } from '@upon/engine'
import { type Decision, StaleDecisionError } from '../decision-store.ts'
import type { NewRaised } from '../raised-table.ts'
import type { SqliteDatabase } from './driver.ts'
import { createLaunchInsert } from './insert-launch.ts'
import { createObservationInsert } from './insert-observations.ts'

const MOVE_CURSOR = 'UPDATE decider SET cursor = ?, clock = ? WHERE id = 1 AND cursor = ? AND epoch = ?'

const UPSERT_WINDOW = `
INSERT INTO windows ("trigger", key, project, event_position, state) VALUES (?, ?, ?, ?, ?)
ON CONFLICT ("trigger", key) DO UPDATE SET event_position = excluded.event_position, state = excluded.state`

/** A key may change more than once in a batch; what holds after the batch is what its row says. */
const WINDOW_HISTORY = `
INSERT INTO window_history ("trigger", key, batch_start, project, state) VALUES (?, ?, ?, ?, ?)
ON CONFLICT ("trigger", key, batch_start) DO UPDATE SET state = excluded.state`

/**
 * Writes a decision inside the caller's transaction. Moving the cursor comes first: when it or the epoch is no longer
 * what the decider believes, nothing else is attempted.
 */
export function createDecide(db: SqliteDatabase) {
  const moveCursor = db.prepare(MOVE_CURSOR)
  const insertBatch = db.prepare(
    'INSERT INTO decided_batches (batch_start, batch_end, clock, engine_version, epoch) VALUES (?, ?, ?, ?, ?)',
  )
  const upsertWindow = db.prepare(UPSERT_WINDOW)
  const deleteWindow = db.prepare('DELETE FROM windows WHERE "trigger" = ? AND key = ?')
  const insertHistory = db.prepare(WINDOW_HISTORY)
  // A firing id is remembered longer than its event: a resend after that decides the same firing, which is not launched again.
  const insertFiring = db.prepare(
    'INSERT INTO firings (id, project, automation_id, version, at, firing) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  )
  const insertRaised = db.prepare('INSERT INTO raised (project, entry) VALUES (?, ?)')
  const insertLaunch = createLaunchInsert(db)
  const insertObservations = createObservationInsert(db)

  function writeWindow({ project, trigger, key, state }: WindowChange, batchStart: number): void {
    const text = state === null ? null : JSON.stringify(state)
    if (state === null) deleteWindow.run(trigger, key)
    else upsertWindow.run(trigger, key, project, referredPosition(state), text)
    insertHistory.run(trigger, key, batchStart, project, text)
  }

  function writeFiring(firing: Firing): boolean {
    const { id, project, automationId, version, at } = firing
    return insertFiring.run(id, project, automationId, version, at, JSON.stringify(firing)).changes !== 0
  }

  function writeLaunches(decision: Decision): void {
    const fresh = new Map(decision.firings.filter(writeFiring).map((firing) => [firing.id, firing]))
    for (const launch of decision.launches) {
      const firing = fresh.get(launch.id)
      if (firing !== undefined) insertLaunch(launch, firing)
    }
  }

  const writeRaised = (entry: NewRaised): void => {
    const project = entry.kind === 'event' ? entry.event.project : entry.project
    insertRaised.run(project, JSON.stringify(entry))
  }

  return function decide(decision: Decision): void {
    const { from, to, clock, epoch, engineVersion } = decision
    if (moveCursor.run(to, clock, from, epoch).changes === 0) {
      throw new StaleDecisionError(`the cursor is not at ${from} in epoch ${epoch} any more: another server decides`)
    }
    const batchStart = from + 1
    insertBatch.run(batchStart, to, clock, engineVersion, epoch)
    for (const change of decision.windows) writeWindow(change, batchStart)
    writeLaunches(decision)
    insertObservations(decision.observations, clock)
    for (const entry of decision.raised) writeRaised(entry)
  }
}

/** The event a window's state names, which retention then keeps. */
function referredPosition(state: NonNullable<WindowChange['state']>): number | null {
  if (state.kind === 'held') return state.position
  return state.kind === 'counting' ? (state.lastEvent?.position ?? null) : null
}
