import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeConformance } from '../conformance/suite.ts'
import { openSqliteStore } from './open.ts'

storeConformance('SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'upon-store-'))
  return {
    open: () => openSqliteStore({ directory }),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
})
