import { type Launch, routes } from '@upon/sdk'
import { useEffect, useState } from 'react'
import type { Story } from './live-state.ts'
import { RunLine } from './run-line.tsx'
import { client } from './use-feed.ts'
import { timeOfDay } from './words.ts'

/** One event and what came of it; opened, it shows the payload and why the other automations did not fire. */
export function StoryCard({ story }: { readonly story: Story }) {
  const [open, setOpen] = useState(false)
  const { event, launches } = story
  return (
    <article className={launches.length > 0 ? 'story fired' : 'story'}>
      <button type="button" className="event" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="name">{event.event}</span>
        <span className="muted">{event.resource['prefect.resource.id']}</span>
        <time dateTime={event.received}>{timeOfDay(event.received)}</time>
      </button>
      {launches.map(({ launch, runs }) => (
        <div className="launch" key={launch.id}>
          <LaunchLine launch={launch} />
          {runs.map((run) => (
            <RunLine key={run.id} run={run} />
          ))}
        </div>
      ))}
      {open && <Details story={story} />}
    </article>
  )
}

function LaunchLine({ launch }: { readonly launch: Launch }) {
  const failed = launch.actions.find((action) => action.error !== null)
  return (
    <div className="line">
      <span className={`state ${launch.state}`}>{launch.state}</span>
      <strong>{launch.automation.name}</strong>
      <span className="muted">{launch.actions.map((action) => action.type).join(' → ') || 'no actions'}</span>
      {launch.reason !== null && <span className="problem">{launch.reason.detail}</span>}
      {failed !== undefined && <span className="problem">{failed.error}</span>}
    </div>
  )
}

function Details({ story: { event } }: { readonly story: Story }) {
  const [reasons, setReasons] = useState<readonly string[] | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    client.call(routes.explainEvent, { params: { event: event.id } }, { signal: abort.signal }).then(
      ({ outcomes }) =>
        setReasons(
          outcomes
            .filter((outcome) => !outcome.fired)
            .map((outcome) => `${outcome.automation.name} did not fire: ${outcome.reason}`),
        ),
      (error: unknown) => {
        if (!abort.signal.aborted) setReasons([error instanceof Error ? error.message : String(error)])
      },
    )
    return () => abort.abort()
  }, [event.id])
  return (
    <div className="details">
      {reasons === null && <p className="muted">Asking why…</p>}
      {reasons?.map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
      <pre>{JSON.stringify(event, null, 2)}</pre>
    </div>
  )
}
