import { routes, type ServerInfo } from '@upon/sdk'
import { useEffect, useState } from 'react'
import { EVENTS_SHOWN_MAX, runsByHand, stories } from './live-state.ts'
import { RunLine } from './run-line.tsx'
import { StoryCard } from './story-card.tsx'
import { type Connection, client, useFeed } from './use-feed.ts'

const CONNECTION_WORDS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting…',
  live: 'live',
  broken: 'connection lost, trying again…',
}

/** The live feed: what happened, what it launched, how that went. */
export function App() {
  const { state, connection } = useFeed()
  const [all, setAll] = useState(false)
  const info = useInfo()
  const shown = stories(state, all)
  const byHand = runsByHand(state)
  return (
    <>
      <header>
        <h1>Upon</h1>
        {info !== null && (
          <span className="muted" title={info.data}>
            {info.version} · {info.store} · {info.data.split(/[/\\]/).pop()}
          </span>
        )}
        <span className={`connection ${connection}`} role="status">
          {CONNECTION_WORDS[connection]}
        </span>
        <nav>
          <a href="/api/v1/docs">API</a>
          <a href="/api/v1/openapi.json">OpenAPI</a>
          <a href="/metrics">Metrics</a>
        </nav>
      </header>
      <main>
        <div className="bar">
          <h2>Events</h2>
          <label>
            <input type="checkbox" checked={all} onChange={(change) => setAll(change.target.checked)} />
            also those Upon raised
          </label>
        </div>
        {shown.length === 0 && <Empty />}
        {shown.map((story) => (
          <StoryCard key={story.event.id} story={story} />
        ))}
        {shown.length >= EVENTS_SHOWN_MAX && <p className="muted">The latest {EVENTS_SHOWN_MAX}.</p>}
        {byHand.length > 0 && (
          <section>
            <h2>Runs started by hand</h2>
            {byHand.map((run) => (
              <RunLine key={run.id} run={run} />
            ))}
          </section>
        )}
      </main>
    </>
  )
}

function useInfo(): ServerInfo | null {
  const [info, setInfo] = useState<ServerInfo | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    client.call(routes.getInfo, {}, { signal: abort.signal }).then(setInfo, () => {})
    return () => abort.abort()
  }, [])
  return info
}

function Empty() {
  const command = [
    `curl -X POST ${window.location.origin}/api/v1/events \\`,
    "  -H 'content-type: application/json' \\",
    '  -d \'{"event": "external.resource.pinged", "resource": {"prefect.resource.id": "my.external.resource"}}\'',
  ].join('\n')
  return (
    <div className="empty">
      <p>Nothing has happened yet. Send an event, and it shows here with what it launched:</p>
      <pre>{command}</pre>
    </div>
  )
}
