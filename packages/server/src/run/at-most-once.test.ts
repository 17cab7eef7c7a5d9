import fc from 'fast-check'
import { expect, test } from 'vitest'
import { manualClock } from '../lib/manual-clock.ts'
import { UserError } from '../lib/user-error.ts'
import { type RunPlace, runPlace, seconds } from './run-place.test-support.ts'
import type { WorkerKey } from './worker-registry.ts'

const START = Date.UTC(2026, 0, 31) * 1_000
const POOL_LIMIT = 4
const DEPLOYMENT_LIMIT = 3
const WORKERS = 3

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'create' as const }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('claims' as const), limit: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const), which: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(20),
      as: fc.constantFrom('COMPLETED' as const, 'FAILED' as const, 'CRASHED' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), worker: fc.nat(WORKERS - 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), worker: fc.nat(WORKERS - 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(20) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

interface Given {
  readonly worker: WorkerKey
  readonly run: string
  readonly attempt: number
}

/** Workers that do everything a network can make of them: forget what they took, die, and report late. */
async function play(place: RunPlace, steps: readonly Step[]) {
  const clock = place.clock
  const deployment = await place.deploy({ workPool: 'few', concurrencyLimit: DEPLOYMENT_LIMIT, retries: 2 })
  const workers = await Promise.all(Array.from({ length: WORKERS }, (_, index) => place.register('few', `w${index}`)))
  const runs: string[] = []
  const given: Given[] = []
  const starts: Given[] = []
  const refusedOr = (work: Promise<unknown>) =>
    work.then(
      () => true,
      (error: unknown) => {
        if (error instanceof UserError) return false
        throw error
      },
    )
  const report = (each: Given, type: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CRASHED') =>
    refusedOr(place.runs.reportState(each.worker, each.run, { attempt: each.attempt, type }))

  for (const each of steps) {
    if (each.kind === 'create') runs.push((await place.create(deployment)).id)
    if (each.kind === 'claims') {
      const wait = { limit: each.limit, waitSeconds: 0, signal: new AbortController().signal }
      const claims = await Promise.all(workers.map((worker) => place.runs.claim([worker], wait)))
      for (const { worker, run } of claims.flat()) given.push({ worker, run: run.run_id, attempt: run.attempt })
    }
    if (each.kind === 'start') {
      const one = given[each.which % Math.max(1, given.length)]
      // A worker starts what it was given once; the report may be late.
      if (one !== undefined && !starts.includes(one) && (await report(one, 'RUNNING'))) {
        starts.push(one)
        const { attempt, workerId } = await place.get({ id: one.run })
        expect({ attempt, workerId }).toEqual({ attempt: one.attempt, workerId: one.worker.id })
      }
    }
    if (each.kind === 'end') {
      const one = given[each.which % Math.max(1, given.length)]
      if (one !== undefined && starts.includes(one)) await report(one, each.as)
    }
    if (each.kind === 'forget') {
      const worker = workers[each.worker]
      if ('advance' in clock && typeof clock.advance === 'function') clock.advance(seconds(11))
      if (worker !== undefined) await refusedOr(place.runs.heartbeat(worker, []))
    }
    if (each.kind === 'lose') {
      const worker = workers[each.worker]
      if (worker !== undefined) await place.runs.loseWorker(worker, 'was lost')
      workers[each.worker] = await place.register('few', 'again')
    }
    if (each.kind === 'cancel') {
      const run = runs[each.which % Math.max(1, runs.length)]
      if (run !== undefined) await refusedOr(place.runs.cancel(place.scope, run))
    }
    expect(await place.store.read.runs.activeOf(deployment.id)).toBeLessThanOrEqual(DEPLOYMENT_LIMIT)
  }
  return { given, starts }
}

const attemptOf = ({ run, attempt }: Given): string => `${run}:${attempt}`

test('each attempt is given to one worker and started at most once, whatever workers forget, lose or report late', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      await using place = await runPlace({ clock: manualClock(START) })
      await place.pool({ name: 'few', concurrencyLimit: POOL_LIMIT })
      const { given, starts } = await play(place, steps)
      expect(new Set(given.map(attemptOf)).size).toBe(given.length)
      expect(new Set(starts.map(attemptOf)).size).toBe(starts.length)
      for (const run of new Set(starts.map((start) => start.run))) {
        const attempts = starts.filter((start) => start.run === run).map((start) => start.attempt)
        expect(attempts).toEqual([...attempts].sort((a, b) => a - b))
      }
    }),
    { numRuns: 12 },
  )
}, 60_000)
