import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from 'upon/dist/store/sqlite/driver.js'
import { createEventSource } from '../workload/events.ts'

export interface BareInserts {
  readonly automations: number
  readonly seed: number
  readonly batch: number
  readonly batches: number
}

/**
 * What the disk and the same SQLite allow at best: one prepared insert in a loop, one transaction per batch, synced like
 * the log. Returns events per second.
 */
export function measureBareInserts({ automations, seed, batch, batches }: BareInserts): number {
  const next = createEventSource({ automations, mix: 'indexable', seed })
  const events = Array.from({ length: batch * batches }, () => {
    const event = next(new Date())
    return { id: event.id, text: JSON.stringify(event) }
  })
  const directory = mkdtempSync(join(tmpdir(), 'upon-bare-'))
  const db = openDatabase(join(directory, 'bare.db'))
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000')
    db.exec('CREATE TABLE log (position INTEGER PRIMARY KEY, id TEXT NOT NULL, event TEXT NOT NULL) STRICT')
    const insert = db.prepare('INSERT INTO log (id, event) VALUES (?, ?)')
    const began = performance.now()
    for (let start = 0; start < events.length; start += batch) {
      db.exec('BEGIN IMMEDIATE')
      for (const { id, text } of events.slice(start, start + batch)) insert.run(id, text)
      db.exec('COMMIT')
    }
    return events.length / ((performance.now() - began) / 1_000)
  } finally {
    db.close()
    rmSync(directory, { recursive: true, force: true })
  }
}
