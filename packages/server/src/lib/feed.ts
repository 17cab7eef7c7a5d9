/** Messages a slow subscriber may fall behind by before it is told that it missed some. */
const BACKLOG_MAX = 1_000

export type FeedItem<T> = { readonly message: T } | { readonly missed: number }

/** In-process publish and subscribe for live views. Never blocks the publisher. */
export interface Feed<T> {
  publish(message: T): void
  /** Ends when `signal` aborts. */
  subscribe(signal: AbortSignal): AsyncIterable<FeedItem<T>>
  readonly subscribers: number
}

export function createFeed<T>(): Feed<T> {
  const subscribers = new Set<(message: T) => void>()

  async function* follow(signal: AbortSignal, queue: T[], state: { missed: number; wake: () => void }) {
    while (!signal.aborted) {
      if (state.missed > 0) {
        yield { missed: state.missed }
        state.missed = 0
      }
      const message = queue.shift()
      if (message !== undefined) {
        yield { message }
        continue
      }
      await new Promise<void>((resolve) => {
        state.wake = resolve
        if (signal.aborted) resolve()
      })
    }
  }

  return {
    publish(message) {
      for (const deliver of subscribers) deliver(message)
    },
    subscribe(signal) {
      // Subscribing happens here, not at the first `next`, so that nothing published in between is lost.
      const queue: T[] = []
      const state = { missed: 0, wake: () => {} }
      const deliver = (message: T) => {
        if (queue.length >= BACKLOG_MAX) {
          queue.shift()
          state.missed += 1
        }
        queue.push(message)
        state.wake()
      }
      subscribers.add(deliver)
      signal.addEventListener('abort', () => {
        subscribers.delete(deliver)
        state.wake()
      })
      return follow(signal, queue, state)
    },
    get subscribers() {
      return subscribers.size
    },
  }
}
