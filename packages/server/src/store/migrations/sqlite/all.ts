import type { Migration } from '../migration.ts'
import { log } from './0001-log.ts'
import { launching } from './0002-launching.ts'
import { running } from './0003-running.ts'

/** Every step, in order. Add at the end; never change a released one. */
export const SQLITE_MIGRATIONS: readonly Migration[] = [log, launching, running]
