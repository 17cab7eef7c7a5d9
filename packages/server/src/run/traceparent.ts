import { randomBytes } from 'node:crypto'

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/
const NO_TRACE = /^0+$/
const SAMPLED = '01'

/** The W3C trace context for a process: a new span in its parent's trace, or in a trace of its own. */
export function childTraceparent(parent: string | null): string {
  const [, trace = '', flags = SAMPLED] = TRACEPARENT.exec(parent ?? '') ?? []
  const known = trace !== '' && !NO_TRACE.test(trace)
  return `00-${known ? trace : randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-${known ? flags : SAMPLED}`
}
