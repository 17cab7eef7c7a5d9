import type { LogStore } from '../log-store.ts'
import { AtomicConflict, createAppend } from './append.ts'
import type { LogReader } from './log-reader.ts'
import type { LogTail } from './log-tail.ts'
import { translated } from './sqlite-error.ts'
import type { Writer } from './writer.ts'

export interface SqliteLogOptions {
  readonly writer: Writer
  readonly reader: LogReader
  readonly tail: LogTail
  readonly file: string
}

/** The log on the writer connection; reads go past it, so that they never wait for a transaction. */
export function createSqliteLog({ writer, reader, tail, file }: SqliteLogOptions): LogStore {
  const append = createAppend(writer.db)
  return {
    async append(entries, options) {
      try {
        const { results, chars } = await writer.transaction(() => append(entries, options))
        tail.add(entries, results, chars)
        return results
      } catch (error) {
        if (error instanceof AtomicConflict) return error.results
        throw error
      }
    },
    read: (after, limit) => reading(file, () => tail.take(after, limit) ?? reader.read(after, limit)),
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
