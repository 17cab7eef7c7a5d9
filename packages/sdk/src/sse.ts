/** One message of a server-sent event stream. */
export interface SseMessage {
  /** Kind of message; `message` where the server names none. */
  readonly event: string
  readonly data: string
  /** Where to continue from; null where the server gives none. */
  readonly id: string | null
}

/** Seconds between the comments a server sends on a quiet stream, to show that it is there. */
export const STREAM_HEARTBEAT_SECONDS = 15

/** First message of every stream: it is live now. Its id is the position to continue from. */
export const STREAM_READY = 'ready'
/** Last message of a stream that is over for good; without it the stream broke off. */
export const STREAM_END = 'end'

/** Longest message, in characters. */
export const STREAM_MESSAGE_CHARS_MAX = 16_000_000

/** Splits the text of an event stream into messages, however it was cut into chunks. */
export class SseParser {
  #rest = ''
  #event = ''
  #data: string[] = []
  #chars = 0
  #id: string | null = null

  /** The messages that are complete with this chunk. */
  push(chunk: string): SseMessage[] {
    const messages: SseMessage[] = []
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    this.#limit(this.#rest.length)
    for (const line of lines) {
      const message = line === '' ? this.#dispatch() : this.#field(line)
      if (message !== null) messages.push(message)
    }
    return messages
  }

  #field(line: string): null {
    const colon = line.indexOf(':')
    if (colon === 0) return null
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.#event = value
    else if (field === 'id') this.#id = value
    else if (field === 'data') {
      this.#data.push(value)
      this.#chars += value.length
      this.#limit(this.#chars)
    }
    return null
  }

  #dispatch(): SseMessage | null {
    const message = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id }
    const empty = this.#event === '' && this.#data.length === 0
    this.#event = ''
    this.#data = []
    this.#chars = 0
    return empty ? null : message
  }

  #limit(chars: number): void {
    if (chars > STREAM_MESSAGE_CHARS_MAX) {
      throw new Error(`a message of the stream is longer than ${STREAM_MESSAGE_CHARS_MAX} characters`)
    }
  }
}

/** Writes one message as a server sends it. */
export function formatSse(message: { event?: string; data: string; id?: string | number }): string {
  const lines = message.data.split('\n').map((line) => `data: ${line}`)
  if (message.event !== undefined) lines.unshift(`event: ${message.event}`)
  if (message.id !== undefined) lines.unshift(`id: ${message.id}`)
  return `${lines.join('\n')}\n\n`
}
