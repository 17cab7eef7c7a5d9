/** Sent with everything: no answer is ever guessed to be of another type, or loaded into a foreign page. */
const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const

/** Pages bring their own scripts and styles and talk to this server alone. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export type AnswerHeaders = Readonly<Record<string, string>>

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: unknown, headers?: AnswerHeaders): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...SAFE_HEADERS, ...headers },
  })
}

export function emptyAnswer(status: number, headers?: AnswerHeaders): Response {
  return new Response(null, { status, headers: { ...SAFE_HEADERS, ...headers } })
}

/** An answer that is shown as it is: a page, a file of it, or plain text. */
export function contentAnswer(body: string | Uint8Array<ArrayBuffer>, type: string, headers?: AnswerHeaders): Response {
  return new Response(body, {
    headers: { 'content-type': type, 'content-security-policy': PAGE_POLICY, ...SAFE_HEADERS, ...headers },
  })
}

export function streamAnswer(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      ...SAFE_HEADERS,
    },
  })
}
