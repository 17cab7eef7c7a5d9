// Loaded into a server with `--import` to prove that the comparison can fail: what should be one transaction becomes
// two. Cursor, windows and firings are committed first; after a while, the launches. Nothing of this is in the product.
import { createRequire } from 'node:module'

interface Statement {
  run(...values: unknown[]): unknown
}

type DatabaseClass = new (...args: unknown[]) => Database

interface Database {
  prepare(sql: string): Statement
  exec(sql: string): void
}

/** So wide that a kill at a random instant nearly always falls into it, also where the machine is busy. */
const GAP_MS = 250

const builtIn: unknown = process.getBuiltinModule('node:sqlite')
if (hasDatabase(builtIn)) builtIn.DatabaseSync = broken(builtIn.DatabaseSync)
else breakPackage()

/** The package from npm exports what cannot be assigned to; what `require` remembers of it can be replaced. */
function breakPackage(): void {
  const require = createRequire(createRequire(import.meta.url).resolve('upon/package.json'))
  const file = require.resolve('@photostructure/sqlite')
  const found: unknown = require(file)
  const remembered = require.cache[file]
  if (!hasDatabase(found) || remembered === undefined) throw new Error('there is no SQLite to break')
  remembered.exports = { ...found, DatabaseSync: broken(found.DatabaseSync) }
}

function broken(original: DatabaseClass): DatabaseClass {
  return new Proxy(original, {
    construct(target, args) {
      const db: Database = Reflect.construct(target, args)
      const prepare = db.prepare.bind(db)
      Object.defineProperty(db, 'prepare', { value: (sql: string) => brokenStatement(db, sql, prepare(sql)) })
      return db
    },
  })
}

/** Whether a decision is being written of which no launch has been written yet. */
let deciding = false

function brokenStatement(db: Database, sql: string, statement: Statement): Statement {
  const text = sql.trimStart()
  if (text.startsWith('UPDATE decider SET cursor')) return before(statement, beginDeciding)
  if (text.startsWith('INSERT INTO launches')) return before(statement, () => splitOnce(db))
  return statement
}

function beginDeciding(): void {
  deciding = true
}

function splitOnce(db: Database): void {
  if (!deciding) return
  deciding = false
  db.exec('COMMIT')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, GAP_MS)
  db.exec('BEGIN IMMEDIATE')
}

const before = (statement: Statement, work: () => void): Statement => ({
  run(...values) {
    work()
    return statement.run(...values)
  },
})

function hasDatabase(found: unknown): found is { DatabaseSync: DatabaseClass } {
  return typeof found === 'object' && found !== null && 'DatabaseSync' in found
}
