import { type FeedMessage, STREAM_READY } from '@upon/sdk'
import { eventJson } from '../../present/event-json.ts'
import { launchJson } from '../../present/launch-json.ts'
import { observationJson } from '../../present/observation-json.ts'
import type { ProjectRow } from '../../store/project-table.ts'
import { type Changes, watchChanges } from '../changes.ts'
import type { ApiDeps } from '../deps.ts'
import { eventsUpTo } from '../follow-events.ts'
import type { HandlersOf } from '../route-handler.ts'
import type { StreamMessage, Streams } from '../streams.ts'
import type { RunPresenter } from './run-presenter.ts'

type Deps = Pick<ApiDeps, 'store' | 'feed'>

/** Everything that changes in a project: the events of the log, then what they led to as it is now. */
export function liveFeedHandlers(deps: Deps, streams: Streams, runs: RunPresenter): HandlersOf<'streamFeed'> {
  return {
    streamFeed: ({ query, project, signal }) =>
      streams.answer(signal, (ended) =>
        followAll(deps, { project, after: query.after_position ?? null, signal: ended, runs }),
      ),
  }
}

interface Follow {
  readonly project: ProjectRow
  readonly after: number | null
  readonly signal: AbortSignal
  readonly runs: RunPresenter
}

async function* followAll(deps: Deps, follow: Follow): AsyncGenerator<StreamMessage> {
  const { store, feed } = deps
  const { project, signal } = follow
  const watch = watchChanges(feed, project.id, signal)
  let head = (await store.log.head()).position
  let position = follow.after ?? head
  let changes: Changes | null = null
  let ready = false
  while (!signal.aborted) {
    for await (const event of eventsUpTo(store, { project: project.id }, { after: position, head })) {
      position = event.position
      yield message({ kind: 'event', event: eventJson(event) }, position)
    }
    position = Math.max(position, head)
    if (changes !== null) for await (const change of changed(deps, follow, changes)) yield message(change, position)
    if (!ready) yield { event: STREAM_READY, id: position, data: '' }
    ready = true
    changes = await watch.next()
    if (changes === null) return
    head = Math.max(head, changes.head)
  }
}

const message = (body: FeedMessage, position: number): StreamMessage => ({ id: position, data: JSON.stringify(body) })

/** What changed besides the log, each as it is now; what is gone meanwhile is left out. */
async function* changed({ store }: Deps, { project, runs }: Follow, changes: Changes): AsyncGenerator<FeedMessage> {
  const { read } = store
  for (const id of changes.launches) {
    const launch = await read.launches.get(project.id, id)
    if (launch !== null) yield { kind: 'launch', launch: launchJson(launch, project.key) }
  }
  for (const id of changes.runs) {
    const run = await read.runs.get(id)
    if (run !== null) yield { kind: 'run', run: await runs.show(run) }
  }
  for (const { observation, at } of changes.observations) {
    const id = observation.automationId
    const automation = id === null ? null : await read.automations.find(project.id, id)
    yield { kind: 'observation', observation: observationJson(observation, at, automation && refOf(automation)) }
  }
}

const refOf = ({ id, key }: { readonly id: string; readonly key: string }) => ({ id, key })
