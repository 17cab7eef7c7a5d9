import { REQUEST_BYTES_MAX } from './body-limits.ts'
import { HttpProblem } from './http-problem.ts'

/** Reads a whole request body. Throws `HttpProblem` `too_large` beyond `REQUEST_BYTES_MAX` bytes, however it is sent. */
export async function readBody(request: Request): Promise<Buffer> {
  const length = request.headers.get('content-length')
  if (length !== null && Number(length) > REQUEST_BYTES_MAX) throw tooLarge()
  try {
    return length === null ? await readChunks(request) : Buffer.from(await request.arrayBuffer())
  } catch (error) {
    if (error instanceof HttpProblem) throw error
    throw new HttpProblem('malformed_body', 'the body ended before it was complete')
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

/** The rest of such a body is not read, so the connection cannot be used again. */
function tooLarge(): HttpProblem {
  return new HttpProblem('too_large', `a request body has at most ${REQUEST_BYTES_MAX} bytes; send it in parts`, {
    headers: { connection: 'close' },
    members: { bytes_max: REQUEST_BYTES_MAX },
  })
}
