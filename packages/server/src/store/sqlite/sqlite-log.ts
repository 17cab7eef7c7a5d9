import type { LogStore } from '../log-store.ts'
import { AtomicConflict, createAppend } from './append.ts'
import type { LogReader } from './log-reader.ts'
import { translated } from './sqlite-error.ts'
import type { Writer } from './writer.ts'

/** The log on the writer connection; reads go past it, so that they never wait for a transaction. */
export function createSqliteLog(writer: Writer, reader: LogReader, file: string): LogStore {
  const append = createAppend(writer.db)
  return {
    async append(entries, options) {
      try {
        return await writer.transaction(() => append(entries, options))
      } catch (error) {
        if (error instanceof AtomicConflict) return error.results
        throw error
      }
    },
    read: (after, limit) => reading(file, () => reader.read(after, limit)),
    head: () => reading(file, () => reader.head()),
  }
}

/** Runs a synchronous read and gives its errors the store's words. */
export async function reading<T>(file: string, read: () => T): Promise<T> {
  try {
    return read()
  } catch (error) {
    throw translated(error, file)
  }
}
