import { BODY_BYTES_AT_ONCE_MAX, REQUEST_BYTES_MAX } from './body-limits.ts'
import { HttpProblem } from './http-problem.ts'
import { later } from './problem.ts'

/** Reads request bodies, with a limit on each and on all that arrive at the same time. */
export interface BodyReader {
  /**
   * Reads a whole body. Throws `HttpProblem` `too_large` beyond `REQUEST_BYTES_MAX` bytes, however it is sent, and
   * `overloaded` while too many others are being read.
   */
  read(request: Request): Promise<Buffer>
}

export function createBodyReader(): BodyReader {
  let reserved = 0
  return {
    async read(request) {
      const length = request.headers.get('content-length')
      const size = length === null ? REQUEST_BYTES_MAX : Number(length)
      if (size > REQUEST_BYTES_MAX) throw tooLarge()
      if (reserved + size > BODY_BYTES_AT_ONCE_MAX) {
        throw later('overloaded', `requests of ${reserved} bytes are being read already; send this again`, 1)
      }
      reserved += size
      try {
        return length === null ? await readChunks(request) : Buffer.from(await request.arrayBuffer())
      } catch (error) {
        if (error instanceof HttpProblem) throw error
        throw new HttpProblem('malformed_body', 'the body ended before it was complete')
      } finally {
        reserved -= size
      }
    },
  }
}

async function readChunks(request: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  while (reader !== undefined) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > REQUEST_BYTES_MAX) {
      await reader.cancel()
      throw tooLarge()
    }
    chunks.push(value)
  }
  return Buffer.concat(chunks)
}

/**
 * Says nothing about the connection: closed on while still sending, most clients see a broken connection in place of
 * the answer. The HTTP adapter takes in the rest for a moment, then closes.
 */
function tooLarge(): HttpProblem {
  return new HttpProblem('too_large', `a request body has at most ${REQUEST_BYTES_MAX} bytes; send it in parts`, {
    members: { bytes_max: REQUEST_BYTES_MAX },
  })
}
