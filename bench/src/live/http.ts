import { Agent, request } from 'node:http'

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

export interface PostOptions {
  readonly agent: Agent
  readonly body: string | Buffer
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 30_000

/** Connections that stay open, at most this many at a time. */
export const connections = (count: number): Agent => new Agent({ keepAlive: true, maxSockets: count })

/** Posts JSON. Plain `node:http`, so that a load generator spends its time on sending. */
export function postJson(url: string, { agent, body, timeoutMs = TIMEOUT_MS }: PostOptions): Promise<HttpAnswer> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return answerOf(request(url, { method: 'POST', agent, headers, timeout: timeoutMs }), body)
}

/** One request on a connection of its own. */
export function get(url: string): Promise<HttpAnswer> {
  return answerOf(request(url, { agent: false, timeout: TIMEOUT_MS }))
}

function answerOf(sent: ReturnType<typeof request>, body?: string | Buffer): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')))
    sent.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('error', reject)
      // A server killed in the middle of its answer says neither end nor error.
      response.on('close', () => reject(new Error('the answer broke off')))
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }),
      )
    })
    sent.end(body)
  })
}
