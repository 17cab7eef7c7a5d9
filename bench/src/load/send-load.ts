import { connections, postJson } from '../live/http.ts'
import { createEventSource } from '../workload/events.ts'

export interface LoadOptions {
  readonly url: string
  readonly automations: number
  readonly seed: number
  readonly batch: number
  readonly batches: number
  readonly connections: number
  /** Events per second; null sends as fast as answers come. */
  readonly rate: number | null
}

export interface LoadReport {
  readonly events: number
  readonly seconds: number
  /** Milliseconds from sending a batch to its answer. */
  readonly answerMs: readonly number[]
}

/** Sends batches that were made before the clock starts. Throws on any answer but 200 or any event that was not taken. */
export async function sendLoad(options: LoadOptions): Promise<LoadReport> {
  const bodies = bodiesOf(options)
  const agent = connections(options.connections)
  const answerMs: number[] = []
  const began = performance.now()
  let sent = 0

  async function sendOne(): Promise<void> {
    const body = bodies[sent]
    if (body === undefined) return
    sent += 1
    const at = performance.now()
    const answer = await postJson(`${options.url}/api/v1/events`, { agent, body })
    answerMs.push(performance.now() - at)
    checkAnswer(answer, options.batch)
  }

  async function sendInTurn(): Promise<void> {
    while (sent < bodies.length) {
      if (options.rate !== null) await until(began + (sent * options.batch * 1_000) / options.rate)
      await sendOne()
    }
  }

  await Promise.all(Array.from({ length: options.connections }, sendInTurn))
  const seconds = (performance.now() - began) / 1_000
  agent.destroy()
  return { events: bodies.length * options.batch, seconds, answerMs }
}

function bodiesOf({ automations, seed, batch, batches, rate }: LoadOptions): readonly Buffer[] {
  const next = createEventSource({ automations, mix: 'indexable', seed, keyPrefix: `${seed}-` })
  const stepMs = rate === null ? 0.05 : 1_000 / rate
  const began = Date.now()
  return Array.from({ length: batches }, (_, index) => {
    const events = Array.from({ length: batch }, (_, place) => next(new Date(began + (index * batch + place) * stepMs)))
    return Buffer.from(JSON.stringify(events))
  })
}

function checkAnswer({ status, body }: { readonly status: number; readonly body: string }, batch: number): void {
  if (status !== 200) throw new Error(`answered ${status}: ${body.slice(0, 500)}`)
  const { accepted }: { accepted: readonly unknown[] } = JSON.parse(body)
  if (accepted.length !== batch) throw new Error(`${accepted.length} of ${batch} events taken: ${body.slice(0, 500)}`)
}

async function until(at: number): Promise<void> {
  const left = at - performance.now()
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left))
}
