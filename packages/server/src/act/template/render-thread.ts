import { Worker } from 'node:worker_threads'
import { QUEUE_MAX } from './limits.ts'
import { READY, type RenderRequest, type RenderResponse } from './render-message.ts'

interface Job {
  readonly request: RenderRequest
  readonly settle: (response: RenderResponse) => void
}

/**
 * One thread that renders one template at a time. It starts with the first request, keeps no process alive while it
 * has nothing to do, and is replaced when a rendering takes longer than `timeoutMs` or breaks the engine.
 */
export class RenderThread implements AsyncDisposable {
  readonly #timeoutMs: number
  readonly #queue: Job[] = []
  #worker: Worker | null = null
  #ready = false
  #active: { readonly job: Job; readonly timer: NodeJS.Timeout } | null = null

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Always answers; never rejects. */
  render(request: RenderRequest): Promise<RenderResponse> {
    return new Promise((settle) => {
      if (this.#queue.length >= QUEUE_MAX) settle(limited(`more than ${QUEUE_MAX} templates wait to be rendered`))
      else this.#queue.push({ request, settle })
      this.#next()
    })
  }

  #next(): void {
    if (this.#active !== null || this.#queue.length === 0) return
    this.#worker ??= this.#start()
    this.#worker.ref()
    if (!this.#ready) return
    const job = this.#queue.shift()
    if (!job) return
    const timer = setTimeout(() => this.#replace(this.#timeout()), this.#timeoutMs)
    this.#active = { job, timer }
    this.#worker.postMessage(job.request)
  }

  #start(): Worker {
    // The engine prints a trace when it gives up on a template; what a user wrote is no news for the server's own log.
    // It is never read, which would keep the process alive: the thread is replaced after such a trace anyway.
    const worker = new Worker(new URL('./render-worker.js', import.meta.url), {
      name: 'templates',
      stderr: true,
      // Flags of the process (such as --input-type) may make no sense for a thread.
      execArgv: [],
    })
    this.#ready = false
    worker.on('message', (message: RenderResponse | typeof READY) => {
      if (worker !== this.#worker) return
      if (message === READY) {
        this.#ready = true
        this.#next()
      } else this.#answered(message)
    })
    worker.on('error', (error) => {
      if (worker === this.#worker) this.#crashed(error)
    })
    return worker
  }

  #answered(response: RenderResponse): void {
    if (response.kind === 'broken') {
      this.#replace(limited(response.message))
      return
    }
    this.#settle(response)
    if (this.#queue.length === 0) this.#worker?.unref()
    this.#next()
  }

  #crashed(error: Error): void {
    const response: RenderResponse = {
      kind: 'failed',
      code: 'template_failed',
      message: `the template thread failed: ${error.message}`,
    }
    // A thread that cannot even start would fail for every job in turn, so each is answered with why.
    if (this.#active === null) this.#queue.shift()?.settle(response)
    this.#replace(response)
  }

  /** Ends the thread, answers what it was doing, and goes on with a new one. */
  #replace(response: RenderResponse): void {
    void this.#worker?.terminate()
    this.#worker = null
    this.#settle(response)
    this.#next()
  }

  #settle(response: RenderResponse): void {
    const active = this.#active
    this.#active = null
    if (!active) return
    clearTimeout(active.timer)
    active.job.settle(response)
  }

  #timeout(): RenderResponse {
    return limited(`the template took longer than its time budget of ${this.#timeoutMs} ms`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    const response = limited('the renderer was closed before the template was rendered')
    this.#settle(response)
    for (const job of this.#queue.splice(0)) job.settle(response)
    await worker?.terminate()
  }
}

function limited(message: string): RenderResponse {
  return { kind: 'failed', code: 'template_limit', message }
}
