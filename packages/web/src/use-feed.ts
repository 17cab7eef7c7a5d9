import { createClient, type FeedMessage, routes } from '@upon/sdk'
import { useEffect, useState } from 'react'
import { EMPTY, type LiveState, received } from './live-state.ts'

/** A burst of messages is drawn at most this often, in milliseconds. */
const DRAW_EVERY_MS = 100

export type Connection = 'connecting' | 'live' | 'broken'

export const client = createClient({ url: window.location.origin })

/** What happened lately and what happens now. */
export function useFeed(): { readonly state: LiveState; readonly connection: Connection } {
  const [state, setState] = useState(EMPTY)
  const [connection, setConnection] = useState<Connection>('connecting')

  useEffect(() => {
    const abort = new AbortController()
    let waiting: FeedMessage[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      timer = undefined
      const messages = waiting
      waiting = []
      setState((before) => received(before, messages))
    }
    const take = (messages: readonly FeedMessage[]) => {
      waiting.push(...messages)
      timer ??= setTimeout(draw, DRAW_EVERY_MS)
    }
    follow(abort.signal, take, setConnection).catch(() => {
      if (!abort.signal.aborted) setConnection('broken')
    })
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [])

  return { state, connection }
}

async function follow(
  signal: AbortSignal,
  take: (messages: readonly FeedMessage[]) => void,
  report: (connection: Connection) => void,
): Promise<void> {
  const stream = client.stream(
    routes.streamFeed,
    {},
    {
      signal,
      reconnect: true,
      // Each time the stream goes live the recent past is read too: it holds what was missed while it was not.
      onReady: () => {
        report('live')
        recentPast(signal).then(take, () => {})
      },
      onBroken: () => report('broken'),
    },
  )
  for await (const message of stream) take([message])
}

async function recentPast(signal: AbortSignal): Promise<readonly FeedMessage[]> {
  const query = { limit: 100 }
  const [events, launches, runs] = await Promise.all([
    client.call(routes.listEvents, { query }, { signal }),
    client.call(routes.listLaunches, { query }, { signal }),
    client.call(routes.listRuns, { query }, { signal }),
  ])
  return [
    ...events.items.map((event): FeedMessage => ({ kind: 'event', event })),
    ...launches.items.map((launch): FeedMessage => ({ kind: 'launch', launch })),
    ...runs.items.map((run): FeedMessage => ({ kind: 'run', run })),
  ]
}
