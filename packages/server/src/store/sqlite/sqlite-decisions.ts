import type { DecisionStore } from '../decision-store.ts'
import { createDecide } from './decide.ts'
import type { SqliteDatabase } from './driver.ts'
import { createSnapshotLoader, DECIDER, type DeciderRow } from './load-snapshot.ts'
import type { LogReader } from './log-reader.ts'
import { reading } from './sqlite-log.ts'
import type { Writer } from './writer.ts'

export interface DecisionStoreOptions {
  readonly writer: Writer
  /** A read-only connection on this thread. */
  readonly db: SqliteDatabase
  readonly log: LogReader
  readonly file: string
}

export function createSqliteDecisions({ writer, db, log, file }: DecisionStoreOptions): DecisionStore {
  const decide = createDecide(writer.db)
  const load = createSnapshotLoader(db, log)
  const raiseEpoch = writer.db.prepare<{ epoch: number }>(
    'UPDATE decider SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch',
  )
  const decider = db.prepare<DeciderRow>(DECIDER)
  return {
    takeOver: () => writer.transaction(() => raiseEpoch.all()[0]?.epoch ?? 0),
    load: () => reading(file, load),
    commit: (decision) => writer.transaction(() => decide(decision)),
    cursor: () => reading(file, () => ({ ...(decider.get() ?? { position: 0, clock: 0, epoch: 0 }) })),
  }
}
