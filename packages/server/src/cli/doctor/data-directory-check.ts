import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readHolder } from '../../store/sqlite/data-directory.ts'
import { openDatabase } from '../../store/sqlite/driver.ts'
import { type Finding, failed, ok, reasonOf } from './finding.ts'

const NAME = 'Data directory'
const LOCK_FILE = 'server.lock'

/** Whether a server could start with this directory, or which one has it. Changes nothing. */
export function checkDataDirectory(path: string): Finding {
  const there = existsSync(path)
  try {
    const parent = there ? path : existingAbove(path)
    if (!statSync(parent).isDirectory()) throw new Error(`${parent} is not a directory`)
    accessSync(parent, constants.W_OK | constants.X_OK)
  } catch (error) {
    return failed(
      NAME,
      `${path} cannot be written: ${reasonOf(error)}`,
      'change who may write there, or choose another with --data',
    )
  }
  if (!there) return ok(NAME, `${path} will be created`)
  if (!isLocked(path)) return ok(NAME, `${path} can be written and is not in use`)
  const holder = readHolder(path)
  if (holder === null) return ok(NAME, `${path} is in use by a server`)
  return ok(NAME, `${path} is in use by process ${holder.pid}${holder.url === null ? '' : ` at ${holder.url}`}`)
}

function existingAbove(path: string): string {
  const above = dirname(path)
  return existsSync(above) || above === path ? above : existingAbove(above)
}

function isLocked(path: string): boolean {
  const file = join(path, LOCK_FILE)
  if (!existsSync(file)) return false
  try {
    const lock = openDatabase(file, { timeout: 0 })
    try {
      lock.exec('BEGIN EXCLUSIVE; ROLLBACK')
      return false
    } finally {
      lock.close()
    }
  } catch {
    return true
  }
}
