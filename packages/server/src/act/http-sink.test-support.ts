import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A real HTTP server that writes down what it is sent. */
export interface Sink extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly received: readonly Received[]
}

/** Starts one; `answer` gets each request with its number, from 0. @default an empty 200 */
export async function openSink(
  answer: (response: ServerResponse, index: number) => void = (response) => void response.end(),
): Promise<Sink> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      received.push({ method, path, headers, body })
      answer(response, received.length - 1)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Answers with these statuses in turn, the last one for ever. */
export const statuses =
  (...codes: readonly number[]) =>
  (response: ServerResponse, index: number): void => {
    response.statusCode = codes[Math.min(index, codes.length - 1)] ?? 200
    response.end(`answer ${index}`)
  }
