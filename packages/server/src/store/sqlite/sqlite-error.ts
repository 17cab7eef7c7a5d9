import { ConflictError, StoreUnavailableError } from '../errors.ts'

/** Primary result codes, https://sqlite.org/rescode.html */
const BUSY = 5
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26
const CONSTRAINT_UNIQUE = 2067
const CONSTRAINT_PRIMARYKEY = 1555
const CONSTRAINT_FOREIGNKEY = 787

/** Translates what SQLite throws into the store's own errors; anything else comes back as it is. */
export function translated(error: unknown, where: string): unknown {
  const code = resultCode(error)
  if (code === null || !(error instanceof Error)) return error
  if (code === CONSTRAINT_UNIQUE || code === CONSTRAINT_PRIMARYKEY) {
    return new ConflictError(conflictText(error.message), { cause: error })
  }
  if (code === CONSTRAINT_FOREIGNKEY) {
    return new ConflictError('another row still refers to this one, or the one it refers to does not exist', {
      cause: error,
    })
  }
  return unavailable(code & 0xff, where, error) ?? error
}

/** True when another connection or process holds the lock. */
export const isBusy = (error: unknown): boolean => ((resultCode(error) ?? 0) & 0xff) === BUSY

function unavailable(primary: number, where: string, cause: Error): StoreUnavailableError | null {
  switch (primary) {
    case FULL:
      return new StoreUnavailableError(
        'disk_full',
        `the disk holding ${where} is full; nothing of this write was kept. Free some space, then try again`,
        { cause },
      )
    case READONLY:
      return new StoreUnavailableError(
        'read_only',
        `${where} cannot be written: the directory, the file or its file system is read-only for this user`,
        { cause },
      )
    case CANTOPEN:
      return new StoreUnavailableError('io', `${where} cannot be opened; check that it exists and may be written`, {
        cause,
      })
    case IOERR:
      return new StoreUnavailableError('io', `reading or writing ${where} failed: ${cause.message}`, { cause })
    case CORRUPT:
      return new StoreUnavailableError('corrupt', `${where} is damaged: ${cause.message}. Restore a backup`, { cause })
    case NOTADB:
      return new StoreUnavailableError('corrupt', `${where} is not an Upon database, and was left as it is`, { cause })
    case BUSY:
      return new StoreUnavailableError('io', `${where} is locked by another program`, { cause })
    default:
      return null
  }
}

/** `UNIQUE constraint failed: automations.project, automations.key` names the columns people need. */
function conflictText(message: string): string {
  const columns = message.slice(message.indexOf(':') + 1).trim()
  return `another row already has this ${columns.replaceAll(/\w+\./g, '')} (${columns.split('.')[0]})`
}

function resultCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null
  return typeof error.errcode === 'number' ? error.errcode : null
}
