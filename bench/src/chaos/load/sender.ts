import { connections, postJson } from '../../live/http.ts'
import { contentOf } from '../check/read-log.ts'
import type { ChaosEvent } from './events.ts'

/** Events of one request. */
const BATCH_MAX = 100
const CONNECTIONS = 4
const TICK_MS = 20
/** Pause after a request that failed, while the server is away. */
const AWAY_MS = 40
/** Short, since a killed server answers nothing any more. */
const ANSWER_MS = 10_000

export interface SenderOptions {
  readonly url: string
  /** Events made per second, whether or not the server is there. */
  readonly rate: number
  readonly next: (now: number) => ChaosEvent
}

/** A client that sends at a steady rate, and again with the same ids what was not acknowledged. */
export interface Sender extends Disposable {
  /** Id to content of what the server said it has. */
  readonly acknowledged: ReadonlyMap<string, string>
  readonly sent: ReadonlySet<string>
  /** Events sent again because no answer came. */
  readonly resent: number
  /** Answers that must not happen, in words. */
  readonly refusals: readonly string[]
  /** Events acknowledged per second while it was making them. */
  readonly perSecond: number
  /** Makes no more events; resolves when everything made is acknowledged, rejects when that does not happen. */
  finish(timeoutMs: number): Promise<void>
}

export function startSender({ url, rate, next }: SenderOptions): Sender {
  const agent = connections(CONNECTIONS)
  const acknowledged = new Map<string, string>()
  const sent = new Set<string>()
  const refusals: string[] = []
  let waiting: ChaosEvent[] = []
  let resent = 0
  let made = 0
  let stopped = false
  let abandoned = false
  let madeForMs = 0
  const began = performance.now()

  const clock = setInterval(() => {
    madeForMs = performance.now() - began
    const due = Math.floor((madeForMs / 1_000) * rate)
    for (; made < due; made += 1) waiting.push(next(Date.now()))
  }, TICK_MS)

  async function sendBatch(batch: readonly ChaosEvent[]): Promise<void> {
    for (const { id } of batch) sent.add(id)
    const answer = await postJson(`${url}/api/v1/events`, { agent, body: JSON.stringify(batch), timeoutMs: ANSWER_MS })
    if (answer.status !== 200) {
      if (answer.status !== 429 && answer.status !== 503) refusals.push(`${answer.status} ${answer.body.slice(0, 300)}`)
      throw new Error(`answered ${answer.status}`)
    }
    const { accepted, duplicates, rejected }: Answer = JSON.parse(answer.body)
    for (const { index } of [...accepted, ...duplicates]) acknowledge(batch[index])
    for (const { index, problem } of rejected) refusals.push(`${batch[index]?.id}: ${JSON.stringify(problem)}`)
  }

  function acknowledge(event: ChaosEvent | undefined): void {
    if (event !== undefined) acknowledged.set(event.id, contentOf(event))
  }

  async function sendAll(): Promise<void> {
    while (!abandoned && (!stopped || waiting.length > 0)) {
      const batch = waiting.slice(0, BATCH_MAX)
      waiting = waiting.slice(batch.length)
      if (batch.length > 0) {
        await sendBatch(batch).catch(async (error: unknown) => {
          waiting = [...batch, ...waiting]
          if (!isRefused(error)) resent += batch.length
          await pause(AWAY_MS)
        })
      } else await pause(TICK_MS)
    }
  }

  const sending = Promise.all(Array.from({ length: CONNECTIONS }, sendAll))
  return {
    acknowledged,
    sent,
    refusals,
    get resent() {
      return resent
    },
    get perSecond() {
      return acknowledged.size / (madeForMs / 1_000)
    },
    async finish(timeoutMs) {
      clearInterval(clock)
      stopped = true
      const late = setTimeout(() => {
        abandoned = true
      }, timeoutMs)
      await sending
      clearTimeout(late)
      if (acknowledged.size < made) {
        throw new Error(`${made - acknowledged.size} events were not acknowledged within ${timeoutMs} ms`)
      }
    },
    [Symbol.dispose]() {
      clearInterval(clock)
      abandoned = true
      agent.destroy()
    },
  }
}

interface Answer {
  readonly accepted: readonly { readonly index: number }[]
  readonly duplicates: readonly { readonly index: number }[]
  readonly rejected: readonly { readonly index: number; readonly problem: unknown }[]
}

/** Nobody was there to take it: nothing was sent. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
