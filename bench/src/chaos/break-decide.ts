// Loaded into a server with `--import` to prove that the comparison can fail: what should be one transaction becomes
// two. The cursor is committed first, then, after a while, all that was decided. Nothing of this is in the product.
import { createRequire } from 'node:module'

interface Statement {
  run(...values: unknown[]): unknown
}

interface Database {
  prepare(sql: string): Statement
  exec(sql: string): void
}

/** Wide enough that a kill at a random instant often falls into it. */
const GAP_MS = 60

const { prototype } = databaseClass()
const { prepare } = prototype

prototype.prepare = function prepareBroken(this: Database, sql: string): Statement {
  const statement = prepare.call(this, sql)
  if (!sql.startsWith('UPDATE decider SET cursor')) return statement
  const run = statement.run.bind(statement)
  return {
    run: (...values) => {
      const result = run(...values)
      this.exec('COMMIT')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, GAP_MS)
      this.exec('BEGIN IMMEDIATE')
      return result
    },
  }
}

function databaseClass(): { readonly prototype: Database } {
  const builtIn: unknown = process.getBuiltinModule('node:sqlite')
  if (hasDatabase(builtIn)) return builtIn.DatabaseSync
  const upon = createRequire(import.meta.url).resolve('upon/package.json')
  const fromNpm: unknown = createRequire(upon)('@photostructure/sqlite')
  if (hasDatabase(fromNpm)) return fromNpm.DatabaseSync
  throw new Error('there is no SQLite to break')
}

function hasDatabase(found: unknown): found is { readonly DatabaseSync: { readonly prototype: Database } } {
  return typeof found === 'object' && found !== null && 'DatabaseSync' in found
}
