import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DataDirectoryLockedError, StoreUnavailableError } from '../errors.ts'
import { openDatabase, type SqliteDatabase } from './driver.ts'
import { isBusy, translated } from './sqlite-error.ts'

const LOCK_FILE = 'server.lock'
const HOLDER_FILE = 'server.json'

/** Who holds a data directory, for the message that refuses the next server. */
export interface Holder {
  readonly pid: number
  /** Where it listens, once it does. */
  readonly url: string | null
}

/** A data directory held by this process until it is released or the process ends, however it ends. */
export interface DataDirectory extends Disposable {
  readonly path: string
  readonly databaseFile: string
  /** Says who holds the directory. Best effort: the lock does not depend on it. */
  announce(holder: Holder): void
}

/**
 * Creates the directory (only its owner may enter) and locks it. Throws `DataDirectoryLockedError` when another
 * process has it, `StoreUnavailableError` when it cannot be created or written.
 */
export function holdDataDirectory(path: string, pid: number): DataDirectory {
  createDirectory(path)
  checkWritable(path)
  const lock = lockFile(path)
  const holderFile = join(path, HOLDER_FILE)
  const announce = (holder: Holder): void => {
    try {
      writeFileSync(holderFile, JSON.stringify(holder), { mode: 0o600 })
    } catch {
      // Only the wording of another server's refusal is lost.
    }
  }
  announce({ pid, url: null })
  return { path, databaseFile: join(path, 'upon.db'), announce, [Symbol.dispose]: () => lock.close() }
}

/** What the holder of the directory last said of itself; null when nobody did. */
export function readHolder(path: string): Holder | null {
  try {
    const found: unknown = JSON.parse(readFileSync(join(path, HOLDER_FILE), 'utf8'))
    if (typeof found !== 'object' || found === null || !('pid' in found) || typeof found.pid !== 'number') return null
    return { pid: found.pid, url: 'url' in found && typeof found.url === 'string' ? found.url : null }
  } catch {
    return null
  }
}

/** Making a whole path hides why it failed: on a read-only disk Node says that the path does not exist. */
function causeOf(path: string, failed: unknown): unknown {
  let first = path
  while (!existsSync(dirname(first))) first = dirname(first)
  try {
    mkdirSync(first)
    return failed
  } catch (error) {
    return error
  }
}

function createDirectory(path: string): void {
  try {
    if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(path, 0o700)
  } catch (failed) {
    const error = causeOf(path, failed)
    throw new StoreUnavailableError(
      fileErrorCode(error),
      `cannot create the data directory ${path}: ${reason(error)}`,
      {
        cause: error,
      },
    )
  }
}

/** Asked up front because SQLite only says that it "cannot open" a file in a read-only directory. */
function checkWritable(path: string): void {
  try {
    accessSync(path, constants.W_OK)
  } catch (error) {
    throw new StoreUnavailableError('read_only', `${path} cannot be written: ${reason(error)}`, {
      cause: error,
    })
  }
}

/** An exclusive SQLite lock is released by the system when the process dies, also by `kill -9`. */
function lockFile(path: string): SqliteDatabase {
  let lock: SqliteDatabase | undefined
  try {
    lock = openDatabase(join(path, LOCK_FILE), { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
    // A lock file this user may only read is locked shared, whatever was asked for.
    checkWritable(join(path, LOCK_FILE))
    return lock
  } catch (error) {
    lock?.close()
    throw isBusy(error) ? lockedBy(path) : translated(error, `the data directory ${path}`)
  }
}

function lockedBy(path: string): DataDirectoryLockedError {
  const holder = readHolder(path)
  const who = holder === null ? 'another server' : `the server with process id ${holder.pid}`
  const where = holder?.url ? ` at ${holder.url}` : ''
  return new DataDirectoryLockedError(
    `the data directory ${path} is in use by ${who}${where}. Stop it, or give this one a directory of its own`,
  )
}

function fileErrorCode(error: unknown): 'disk_full' | 'read_only' | 'io' {
  const code = errorCode(error)
  if (code === 'ENOSPC') return 'disk_full'
  return code === 'EACCES' || code === 'EROFS' || code === 'EPERM' ? 'read_only' : 'io'
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const errorCode = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : null
