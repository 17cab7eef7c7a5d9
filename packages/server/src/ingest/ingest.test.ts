import { expect, test } from 'vitest'
import { newId } from '../lib/ids.ts'
import type { NewEntry } from '../store/log-store.ts'
import type { Store } from '../store/store.ts'
import { freshDirectory, newEvent, openWorld, START, type World } from '../test-world.test-support.ts'
import { APPEND_BATCH_MAX, APPEND_QUEUE_MAX } from './ingest.ts'

const event = (name: string, extra: object = {}): NewEntry => ({
  kind: 'event',
  event: newEvent({ project: 'default', event: name, ...extra }),
})

const names = async (w: World) => (await w.events()).map(({ event: name }) => name)

interface Appends {
  /** Entries of each append, as they reached the store. */
  readonly sizes: number[]
  /** Appends to reject before any is let through. */
  failures: number
  /** Holds appends back until it resolves. */
  gate: Promise<void>
}

/** The real store, with every append seen, held back or rejected. */
function watched(): { appends: Appends; wrap: (store: Store) => Store } {
  const appends: Appends = { sizes: [], failures: 0, gate: Promise.resolve() }
  const wrap = (store: Store): Store => ({
    ...store,
    log: {
      ...store.log,
      async append(entries, options) {
        appends.sizes.push(entries.length)
        await appends.gate
        if (appends.failures > 0) {
          appends.failures -= 1
          throw new Error('no luck')
        }
        return store.log.append(entries, options)
      },
    },
  })
  return { appends, wrap }
}

/** Appends wait from now until the returned function is called. */
function closeGate(appends: Appends): () => void {
  let open = () => {}
  appends.gate = new Promise((resolve) => {
    open = resolve
  })
  return open
}

test('what arrives while a commit runs shares the next one, in the order of arrival', async () => {
  const { appends, wrap } = watched()
  await using w = await openWorld({ wrap })
  await w.settled()
  appends.sizes.length = 0
  const open = closeGate(appends)
  const first = w.ingest.append([event('a')])
  await expect.poll(() => appends.sizes.length).toBe(1)
  const rest = ['b', 'c', 'd'].map((name) => w.ingest.append([event(name), event(`${name}${name}`)]))
  open()
  const results = [await first, ...(await Promise.all(rest))]
  expect(appends.sizes).toEqual([1, 6])
  expect(await names(w)).toEqual(['a', 'b', 'bb', 'c', 'cc', 'd', 'dd'])
  const positions = results.flat().map(({ position }) => position)
  expect(positions).toEqual(positions.toSorted((a, b) => a - b))
})

test('a commit takes whole requests up to its limit', async () => {
  const { appends, wrap } = watched()
  await using w = await openWorld({ wrap })
  await w.settled()
  appends.sizes.length = 0
  const open = closeGate(appends)
  const many = (count: number) => Array.from({ length: count }, () => event('a'))
  const sent = [1, APPEND_BATCH_MAX - 1, 1, 1].map((count) => w.ingest.append(many(count)))
  open()
  await Promise.all(sent)
  expect(appends.sizes).toEqual([APPEND_BATCH_MAX, 2])
})

test('an atomic request with a conflict keeps itself out and nothing else', async () => {
  await using w = await openWorld()
  const id = newId()
  await w.ingest.append([event('a', { id })])
  const [before, atomic, after] = await Promise.all([
    w.ingest.append([event('before')]),
    w.ingest.append([event('new'), event('changed', { id })], { atomic: true }),
    w.ingest.append([event('after')]),
  ])
  expect(atomic.map(({ outcome, position }) => [outcome, position > 0])).toEqual([
    ['appended', false],
    ['conflict', true],
  ])
  expect([...before, ...after].map(({ outcome }) => outcome)).toEqual(['appended', 'appended'])
  expect(await names(w)).toEqual(['a', 'before', 'after'])
})

test('an event sent again is a duplicate at its first position, and another one under its id a conflict', async () => {
  await using w = await openWorld()
  const again = event('a', { id: newId() })
  const [first] = await w.ingest.append([again])
  const results = await w.ingest.append([again, again.kind === 'event' ? event('b', { id: again.event.id }) : again])
  expect(results.map(({ outcome, position }) => [outcome, position])).toEqual([
    ['duplicate', first?.position],
    ['conflict', first?.position],
  ])
})

test('raised entries are in the log exactly once, in order, also when appending them fails at first', async () => {
  const { appends, wrap } = watched()
  await using w = await openWorld({ wrap })
  await w.settled()
  appends.failures = 2
  const sequences = await w.store.transaction((tx) =>
    tx.raised.add(
      ['a', 'b', 'c'].map((name) => ({ kind: 'event', event: newEvent({ project: 'default', event: name }) })),
    ),
  )
  const appended = w.ingest.raisedAppended(sequences.at(-1) ?? 0)
  for (let retry = 0; retry < 3; retry += 1) {
    await w.ingest.idle()
    w.clock.advance(1_000_000)
  }
  await appended
  expect(await names(w)).toEqual(['a', 'b', 'c'])
  expect(await w.store.read.raised.count()).toBe(0)
  expect(w.logged.join()).toContain('could not append to the log')
})

test('a failed commit is told to every caller of it, keeps nothing, and the next one works', async () => {
  const { appends, wrap } = watched()
  await using w = await openWorld({ wrap })
  await w.settled()
  appends.failures = 1
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((name) => w.ingest.append([event(name)])))
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  await w.ingest.append([event('d')])
  expect(await names(w)).toEqual(['d'])
})

test('raised entries are appended although atomic requests keep coming', async () => {
  await using w = await openWorld()
  const [sequence = 0] = await w.store.transaction((tx) =>
    tx.raised.add([{ kind: 'event', event: newEvent({ project: 'default', event: 'raised' }) }]),
  )
  const requests = Array.from({ length: 50 }, (_, index) => w.ingest.append([event(`a${index}`)], { atomic: true }))
  await w.ingest.raisedAppended(sequence)
  expect((await names(w)).indexOf('raised')).toBeLessThan(10)
  await Promise.all(requests)
})

test('beyond its limit the queue refuses more until it is shorter', async () => {
  const { appends, wrap } = watched()
  await using w = await openWorld({ wrap })
  await w.settled()
  const open = closeGate(appends)
  const under = w.ingest.append([event('a')])
  await expect.poll(() => w.ingest.queued).toBe(0)
  const batch = Array.from({ length: APPEND_QUEUE_MAX }, () => event('a'))
  const full = w.ingest.append(batch)
  await expect(w.ingest.append([event('b')])).rejects.toMatchObject({
    code: 'ingest_busy',
    retryAfterS: 1,
    message: `${APPEND_QUEUE_MAX} entries already wait to be written, at most ${APPEND_QUEUE_MAX} may`,
  })
  open()
  await Promise.all([under, full])
  await expect(w.ingest.append([event('b')])).resolves.toHaveLength(1)
})

test('a stop appends all that was accepted, and refuses what comes later', async () => {
  const { appends, wrap } = watched()
  await using w = await openWorld({ wrap })
  await w.settled()
  const open = closeGate(appends)
  const [sequence = 0] = await w.store.transaction((tx) =>
    tx.raised.add([{ kind: 'event', event: newEvent({ project: 'default', event: 'raised' }) }]),
  )
  const accepted = ['a', 'b', 'c'].map((name) => w.ingest.append([event(name)], { atomic: name === 'b' }))
  const raised = w.ingest.raisedAppended(sequence)
  const stopped = w.ingest.stop()
  await expect(w.ingest.append([event('late')])).rejects.toMatchObject({ code: 'stopping' })
  open()
  await Promise.all([...accepted, raised, stopped])
  expect((await names(w)).toSorted()).toEqual(['a', 'b', 'c', 'raised'])
})

test('a change that is saved and cannot reach the log before a stop is answered, and in force after the restart', async () => {
  using directory = freshDirectory()
  {
    const { appends, wrap } = watched()
    await using w = await openWorld({ directory: directory.path, wrap })
    await w.settled()
    appends.failures = 100
    const saved = w.automation({ actions: [{ type: 'do-nothing' }] })
    const answered = expect(saved).rejects.toMatchObject({
      code: 'stopping',
      message: expect.stringContaining('takes effect with the next start'),
    })
    await expect.poll(() => w.store.read.raised.count()).toBe(1)
    await w.ingest.stop()
    await answered
  }
  await using w = await openWorld({ directory: directory.path })
  await w.settled()
  await w.send({})
  expect(await w.launches()).toHaveLength(1)
})

test('on a full disk every caller gets the reason and nothing is kept; with room again, all works', async () => {
  using directory = freshDirectory()
  {
    await using w = await openWorld({ directory: directory.path, pagesMax: 120 })
    const big = () => event('big', { payload: { text: 'x'.repeat(50_000) } })
    const accepted: Promise<unknown>[] = Array.from({ length: 20 }, () => w.ingest.append([big()]))
    const outcomes = await Promise.allSettled(accepted)
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(reasons.length).toBeGreaterThan(0)
    for (const reason of reasons) {
      expect(reason).toMatchObject({ code: 'disk_full', message: expect.stringContaining('is full') })
    }
    expect(await names(w)).toHaveLength(outcomes.length - reasons.length)
  }
  await using w = await openWorld({ directory: directory.path })
  await w.ingest.append([event('after')])
  expect((await names(w)).at(-1)).toBe('after')
  expect((await w.store.log.head()).received).toBeGreaterThanOrEqual(START)
})
