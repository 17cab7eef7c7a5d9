import { validateHeaderName, validateHeaderValue } from 'node:http'
import { type Json, type JsonObject, shortJson } from '@upon/engine'
import type { ActionOf } from '@upon/sdk'
import { type ActionContext, ActionFailed, type ActionKind } from '../action-kind.ts'
import type { OutgoingAnswer } from '../outgoing-http.ts'

const TIMEOUT_SECONDS = 30
/** Characters of the answer kept in the launch log (spec: automations 4.4). */
const ANSWER_CHARS_KEPT = 1_000
/** Characters of a redirect's target that are shown. */
const LOCATION_CHARS_MAX = 200
/** Headers of an answer that may carry credentials, by any part of their name. */
const SENSITIVE_HEADER = /cookie|auth|api-?key|token|secret|password|signature|session/i

/**
 * Sends an HTTP request. An answer of 400 or above is a failure and is tried again; a redirect is a failure too, since
 * the request did not arrive where it should.
 */
export const callWebhook: ActionKind<'call-webhook'> = {
  type: 'call-webhook',
  retryAttempts: 5,
  async prepare(action, context) {
    const { templates } = context
    const url = await templates.text(action.url, 'url')
    const { body, contentType } = await bodyOf(action, context)
    const headers: Record<string, string> = {
      'user-agent': 'upon',
      'idempotency-key': context.idempotencyKey,
      ...(contentType === null ? {} : { 'content-type': contentType }),
      ...(context.launch.firing.traceparent === null ? {} : { traceparent: context.launch.firing.traceparent }),
    }
    for (const [name, value] of Object.entries(action.headers ?? {})) {
      headers[name.toLowerCase()] = checkedHeader(name, await templates.text(value, `headers.${name}`))
    }
    const timeoutMs = (action.timeout ?? TIMEOUT_SECONDS) * 1000
    const answer = await context.http.send({ url, method: action.method, headers, body, timeoutMs })
    const result = answerResult(answer)
    if (answer.status < 300) return { result, warnings: unsentBody(action) }
    throw refused(new URL(url).origin, answer, result)
  },
}

/** What can be no header will be none at the next attempt either. */
function checkedHeader(name: string, value: string): string {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return value
  } catch {
    throw new ActionFailed(`headers: ${shortJson(name)}: ${shortJson(value)} is not possible as a header`)
  }
}

function refused(origin: string, { status, headers }: OutgoingAnswer, result: JsonObject): ActionFailed {
  const answered = `Webhook call failed: ${origin} answered ${status}`
  if (status >= 400) return new ActionFailed(answered, { retryable: true, result })
  const target = headers.location === undefined ? '' : ` to ${headers.location.slice(0, LOCATION_CHARS_MAX)}`
  return new ActionFailed(`${answered}${target}: redirects are not followed, name the final URL`, { result })
}

function unsentBody({ method, json, body, payload }: ActionOf<'call-webhook'>): readonly string[] {
  const given = json !== undefined || body !== undefined || payload !== undefined
  return method === 'GET' && given ? ['method: a GET request has no body, so none was sent'] : []
}

async function bodyOf(
  action: ActionOf<'call-webhook'>,
  { templates }: ActionContext,
): Promise<{ body: string | null; contentType: string | null }> {
  if (action.method === 'GET') return { body: null, contentType: null }
  if (action.body !== undefined) return { body: await templates.text(action.body, 'body'), contentType: 'text/plain' }
  if (typeof action.payload === 'string') {
    const body = await templates.text(action.payload, 'payload')
    return { body, contentType: isJson(body) ? 'application/json' : 'text/plain' }
  }
  const path = action.json === undefined ? 'payload' : 'json'
  const json: Json | undefined = action[path]
  if (json === undefined) return { body: null, contentType: null }
  return { body: JSON.stringify(await templates.value(json, path)), contentType: 'application/json' }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function answerResult(answer: OutgoingAnswer): JsonObject {
  const headers = Object.entries(answer.headers).filter(([name]) => !SENSITIVE_HEADER.test(name))
  return {
    status_code: answer.status,
    response_body: answer.body.slice(0, ANSWER_CHARS_KEPT),
    response_headers: Object.fromEntries(headers),
  }
}
