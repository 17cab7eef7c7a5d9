import type { Run } from '@upon/sdk'
import { lengthOfTime, timeOfDay } from './words.ts'

/** One run: its name, deployment, state, how long it took, and what came of it. */
export function RunLine({ run }: { readonly run: Run }) {
  const waiting = run.state.type === 'SCHEDULED' && Date.parse(run.scheduled_at) > Date.now()
  return (
    <div className="run">
      <span className={`state ${run.state.type.toLowerCase()}`}>{run.state.name}</span>
      <strong>{run.name}</strong>
      {run.deployment !== null && <span className="muted">{run.deployment.full_name}</span>}
      {run.duration_ms !== null && <span className="muted">{lengthOfTime(run.duration_ms)}</span>}
      {waiting && <span className="muted">starts {new Date(run.scheduled_at).toLocaleString()}</span>}
      {run.attempt > 1 && <span className="muted">attempt {run.attempt}</span>}
      {run.error !== null && <span className="problem">{run.error.message}</span>}
      {run.result !== null && <code>{JSON.stringify(run.result).slice(0, 120)}</code>}
      <time dateTime={run.created}>{timeOfDay(run.created)}</time>
    </div>
  )
}
