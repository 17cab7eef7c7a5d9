import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { append, appendEvents, decide, eventEntry, firing, launch } from '../conformance/samples.ts'
import { DataDirectoryLockedError, StoreUnavailableError, StoreVersionError } from '../errors.ts'
import { SQLITE_MIGRATIONS } from '../migrations/sqlite/all.ts'
import { openDatabase } from './driver.ts'
import { openSqliteStore, type SqliteStoreOptions } from './open.ts'
import { openErrorAsUser, startAppender } from './open-fixture.ts'

describe('opening a data directory', () => {
  let directory: string
  const open = (options: Partial<SqliteStoreOptions> = {}) => openSqliteStore({ directory, ...options })
  const databaseFile = () => join(directory, 'upon.db')

  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'upon-open-')), 'data')
  })
  afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }))

  it('creates it so that only its owner may enter', async () => {
    await using _store = await open()
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
  })

  it('makes commits durable before it answers', async () => {
    await (await open())[Symbol.asyncDispose]()
    await using _store = await open()
    const db = openDatabase(databaseFile(), { readOnly: true })
    expect(db.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' })
    db.close()
  })

  it('refuses a second server, naming the directory and who holds it', async () => {
    await using store = await open()
    store.announce({ pid: 4711, url: 'http://127.0.0.1:4400' })
    const second = open()
    await expect(second).rejects.toThrow(DataDirectoryLockedError)
    await expect(second).rejects.toThrow(
      `${directory} is in use by the server with process id 4711 at http://127.0.0.1:4400`,
    )
  })

  it('refuses while another process has it, and opens once that was killed', async () => {
    const appender = await startAppender(directory)
    await expect(open()).rejects.toThrow(`process id ${appender.pid}`)
    await appender.kill()
    await using store = await open()
    await store.healthy()
  })

  it('loses nothing it acknowledged when it is killed while appending', { timeout: 60_000 }, async () => {
    const acknowledged = new Set<string>()
    for (let round = 0; round < 5; round += 1) {
      const appender = await startAppender(directory)
      const seen = await appender.killAfterBatches(10 + round * 7)
      for (const id of seen) acknowledged.add(id)
    }
    await using store = await open()
    const entries = await store.log.read(0, 100_000)
    const stored = entries.map((entry) => (entry.kind === 'event' ? entry.event.id : ''))
    expect(acknowledged.size).toBeGreaterThan(1_000)
    expect(new Set(stored).size).toBe(stored.length)
    expect([...acknowledged].filter((id) => !new Set(stored).has(id))).toEqual([])
    expect(entries.map(({ position }) => position)).toEqual(entries.map((_, index) => index + 1))
  })

  it('says that the disk is full, keeps nothing of that write, and goes on when there is space', async () => {
    await (await open())[Symbol.asyncDispose]()
    const db = openDatabase(databaseFile())
    const pages = Number(db.prepare<{ page_count: number }>('PRAGMA page_count').get()?.page_count)
    db.close()
    const small = await open({ pagesMax: pages + 20 })
    await appendEvents(small, 'a')
    const big = Array.from({ length: 200 }, (_, index) =>
      eventEntry(`big${index}`, { payload: { text: 'x'.repeat(1_000) } }),
    )
    const refused = append(small, ...big)
    await expect(refused).rejects.toMatchObject({ name: 'StoreUnavailableError', code: 'disk_full' })
    await expect(refused).rejects.toThrow(/disk holding .*upon\.db is full/)
    const firings = big.map(({ event }) => firing(event.id, { cause: 'x'.repeat(1_000) }))
    await expect(decide(small, { firings })).rejects.toThrow(StoreUnavailableError)
    expect(await small.decisions.cursor()).toMatchObject({ position: 0 })
    expect(await small.log.head()).toMatchObject({ position: 1 })
    await small[Symbol.asyncDispose]()

    await using store = await open()
    expect(await store.log.read(0, 10)).toHaveLength(1)
    expect(await append(store, ...big)).toHaveLength(200)
    await decide(store, { firings: [firing('f1')], launches: [launch('f1')] })
  })

  it('refuses a directory whose parent is a file', async () => {
    await writeFile(directory, 'a file')
    const inside = openSqliteStore({ directory: join(directory, 'data') })
    await expect(inside).rejects.toThrow(StoreUnavailableError)
    await expect(inside).rejects.toThrow(`cannot create the data directory ${join(directory, 'data')}`)
  })

  it('says that a directory is read-only', async () => {
    await mkdir(directory)
    await chmod(join(directory, '..'), 0o755)
    await chmod(directory, 0o555)
    const said = await openErrorAsUser(directory)
    expect(said).toMatch(/^read_only: /)
    expect(said).toContain(`${directory} cannot be written`)
  })

  it('says that a database is read-only', async () => {
    await (await open())[Symbol.asyncDispose]()
    await chmod(join(directory, '..'), 0o755)
    await chmod(directory, 0o777)
    await chmod(join(directory, 'server.lock'), 0o666)
    await chmod(databaseFile(), 0o444)
    expect(await openErrorAsUser(directory)).toMatch(/^read_only: .*upon\.db cannot be written/)
  })

  it('leaves a file that is no database as it is', async () => {
    await mkdir(directory)
    const junk = 'this is not a database, but somebody may want it'.repeat(100)
    await writeFile(databaseFile(), junk)
    await expect(open()).rejects.toMatchObject({ name: 'StoreUnavailableError', code: 'corrupt' })
    expect(await readFile(databaseFile(), 'utf8')).toBe(junk)
  })

  it('leaves the database of another program as it is', async () => {
    await mkdir(directory)
    const db = openDatabase(databaseFile())
    db.exec('CREATE TABLE theirs (x TEXT)')
    db.close()
    await expect(open()).rejects.toThrow(StoreVersionError)
    const after = openDatabase(databaseFile())
    expect(after.prepare('SELECT name FROM sqlite_schema').all()).toMatchObject([{ name: 'theirs' }])
    after.close()
  })

  it('refuses a database that a newer Upon wrote', async () => {
    const newer = { version: SQLITE_MIGRATIONS.length + 1, name: 'later', sql: 'CREATE TABLE later (x TEXT)' }
    await (await open({ migrations: [...SQLITE_MIGRATIONS, newer] }))[Symbol.asyncDispose]()
    await expect(open()).rejects.toThrow(StoreVersionError)
    await expect(open()).rejects.toThrow(
      `schema version ${newer.version}, this Upon knows versions up to ${newer.version - 1}`,
    )
  })

  it('brings an older database up to date and keeps what is in it', async () => {
    const last = SQLITE_MIGRATIONS.length + 1
    const older = await open()
    await appendEvents(older, 'a')
    await older[Symbol.asyncDispose]()
    const next = { version: last, name: 'next', sql: 'CREATE TABLE added (x TEXT)' }
    await using store = await open({ migrations: [...SQLITE_MIGRATIONS, next] })
    expect(await store.log.read(0, 10)).toHaveLength(1)
  })

  it('leaves nothing of a migration that fails', async () => {
    await (await open())[Symbol.asyncDispose]()
    const broken = {
      version: SQLITE_MIGRATIONS.length + 1,
      name: 'broken',
      sql: 'CREATE TABLE half (x TEXT); CREATE nonsense',
    }
    await expect(open({ migrations: [...SQLITE_MIGRATIONS, broken] })).rejects.toThrow()
    await using _store = await open()
    const db = openDatabase(databaseFile(), { readOnly: true })
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([])
    db.close()
  })

  it('warns of nothing', async () => {
    const script = `import('${new URL('./open.js', import.meta.url)}').then(async ({ openSqliteStore }) => {
      const store = await openSqliteStore({ directory: ${JSON.stringify(directory)} })
      await store.read.projects.list()
      await store[Symbol.asyncDispose]()
    })`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
  })
})
