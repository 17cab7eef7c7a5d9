import { SECOND } from '@upon/engine'
import { formatSse, STREAM_HEARTBEAT_SECONDS } from '@upon/sdk'
import type { Clock } from '../lib/clock.ts'
import { streamAnswer } from './answer.ts'
import { later } from './problem.ts'

/** Streams open at the same time; each holds a connection and a place in the feed. */
export const STREAMS_MAX = 500

export interface StreamMessage {
  readonly event?: string
  readonly data: string
  /** Position to continue from. */
  readonly id?: number
}

/** Makes the messages of one stream; asked for the next one when the client has taken the last. Ends when `signal` aborts. */
export type Messages = (signal: AbortSignal) => AsyncIterable<StreamMessage>

/** The open server-sent event streams of a server. */
export interface Streams {
  /**
   * Answers with a stream that ends with `messages` or when `signal` aborts. A slow client slows its own messages and
   * nothing else; a quiet stream carries a comment every `STREAM_HEARTBEAT_SECONDS`. Throws `unavailable` beyond
   * `STREAMS_MAX` open streams.
   */
  answer(signal: AbortSignal, messages: Messages): Response
}

export function createStreams(clock: Clock): Streams {
  const open = new Set<AbortController>()
  return {
    answer(signal, messages) {
      if (open.size >= STREAMS_MAX) {
        throw later('unavailable', `${open.size} streams are open already, at most ${STREAMS_MAX} may be`, 30)
      }
      const ended = new AbortController()
      open.add(ended)
      ended.signal.addEventListener('abort', () => open.delete(ended))
      return streamAnswer(streamOf({ clock, ended, messages: messages(AbortSignal.any([signal, ended.signal])) }))
    },
  }
}

interface OneStream {
  readonly clock: Clock
  /** Aborted once, when the stream is over for whatever reason. */
  readonly ended: AbortController
  readonly messages: AsyncIterable<StreamMessage>
}

function streamOf({ clock, ended, messages }: OneStream): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const iterator = messages[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    start(controller) {
      let cancel = () => {}
      const beat = () => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(':\n\n'))
        cancel = clock.at(clock.now() + STREAM_HEARTBEAT_SECONDS * SECOND, beat)
      }
      ended.signal.addEventListener('abort', () => cancel())
      beat()
    },
    async pull(controller) {
      const next = await iterator.next().catch((error: unknown) => {
        ended.abort()
        throw error
      })
      if (ended.signal.aborted) return
      if (next.done !== true) controller.enqueue(encoder.encode(formatSse(next.value)))
      else {
        ended.abort()
        controller.close()
      }
    },
    cancel: () => ended.abort(),
  })
}
