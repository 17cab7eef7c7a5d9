import type { Observation } from '@upon/engine'
import type { Feed } from '../lib/feed.ts'
import type { LiveMessage } from './live-message.ts'

/** Changes of one kind kept for a viewer that is behind; older ones are dropped and counted. */
export const CHANGES_MAX = 1_000

/** What changed since the last look, each thing once. */
export interface Changes {
  /** The log reaches at least to here. */
  readonly head: number
  readonly launches: readonly string[]
  readonly runs: readonly string[]
  /** Runs with new log lines. */
  readonly logs: readonly string[]
  readonly observations: readonly { readonly observation: Observation; readonly at: number }[]
  /** Changes that were dropped because the viewer was too slow. */
  readonly missed: number
}

/** Follows the feed for one viewer of one project, whatever its pace: many changes of one thing become one. */
export interface ChangeWatch {
  /** What changed since the last call; waits until something did. Null once the watch is over. */
  next(): Promise<Changes | null>
}

export function watchChanges(feed: Feed<LiveMessage>, project: string, signal: AbortSignal): ChangeWatch {
  let pending = nothing(0)
  let wake = () => {}
  // Subscribing happens here, so what is published from now on is not lost to a viewer that first reads the past.
  const items = feed.subscribe(signal)
  const follow = async () => {
    for await (const item of items) {
      if ('missed' in item) pending.missed += item.missed
      else note(pending, item.message, project)
      if (!isEmpty(pending)) wake()
    }
    wake()
  }
  void follow()
  return {
    async next() {
      while (isEmpty(pending)) {
        if (signal.aborted) return null
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const { head, launches, runs, logs, observations, missed } = pending
      pending = nothing(head)
      return { head, launches: [...launches], runs: [...runs], logs: [...logs], observations, missed }
    },
  }
}

interface Pending {
  seen: number
  head: number
  readonly launches: Set<string>
  readonly runs: Set<string>
  readonly logs: Set<string>
  readonly observations: { observation: Observation; at: number }[]
  missed: number
}

const nothing = (head: number): Pending => ({
  seen: head,
  head,
  launches: new Set(),
  runs: new Set(),
  logs: new Set(),
  observations: [],
  missed: 0,
})

const isEmpty = ({ seen, head, launches, runs, logs, observations, missed }: Pending): boolean =>
  head === seen && launches.size + runs.size + logs.size + observations.length + missed === 0

function note(pending: Pending, message: LiveMessage, project: string): void {
  if (message.kind === 'appended') {
    pending.head = Math.max(pending.head, message.position)
    return
  }
  if (message.project !== project) return
  if (message.kind === 'launch') pending.missed += add(pending.launches, message.id)
  else if (message.kind === 'run') pending.missed += add(pending.runs, message.id)
  else if (message.kind === 'logs') pending.missed += add(pending.logs, message.run)
  else if (pending.observations.length < CHANGES_MAX) pending.observations.push(message)
  else pending.missed += 1
}

/** The latest change goes last; returns how many fell off the front. */
function add(ids: Set<string>, id: string): number {
  ids.delete(id)
  ids.add(id)
  if (ids.size <= CHANGES_MAX) return 0
  for (const oldest of ids) {
    ids.delete(oldest)
    break
  }
  return 1
}
