import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from './driver.ts'
import { CLOSE, type ReadAnswer, type ReadRequest } from './read-messages.ts'
import { createStatements } from './statements.ts'

// Runs statements on a read-only connection of its own, so that a long list never holds up the thread that writes.

/** How long a read waits while the writer resets the write-ahead log, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000

const db = openDatabase(String(workerData), { readOnly: true, timeout: BUSY_TIMEOUT_MS })
const execute = createStatements(db)

parentPort?.on('message', (request: ReadRequest | typeof CLOSE) => {
  if (request !== CLOSE) return parentPort?.postMessage(answer(request))
  db.close()
  parentPort?.close()
})

function answer({ id, sql, values }: ReadRequest): ReadAnswer {
  try {
    return { id, rows: execute(sql, values).rows }
  } catch (error) {
    // Errors lose their extra properties on the way to another thread.
    const errcode = typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) : 0
    return { id, failed: { message: error instanceof Error ? error.message : String(error), errcode } }
  }
}
