import type { LoggedEvent } from '@upon/engine'
import { STREAM_READY } from '@upon/sdk'
import { notFound } from '../../lib/user-error.ts'
import { eventJson } from '../../present/event-json.ts'
import type { EventFilter } from '../../store/event-table.ts'
import { watchChanges } from '../changes.ts'
import type { ApiDeps } from '../deps.ts'
import { eventsUpTo } from '../follow-events.ts'
import { pageJson, pageRequest } from '../list-page.ts'
import { type HandlersOf, ok } from '../route-handler.ts'
import type { StreamMessage, Streams } from '../streams.ts'
import { eventFilter } from './event-filter.ts'

type Deps = Pick<ApiDeps, 'store' | 'feed'>

/** Reading events back, and following them. */
export function eventHandlers(
  deps: Deps,
  streams: Streams,
): HandlersOf<'listEvents' | 'countEvents' | 'getEvent' | 'streamEvents'> {
  const { events } = deps.store.read
  return {
    async listEvents({ query, project }) {
      const order = query.order === 'asc' ? 'oldest' : 'newest'
      const page = await events.list({ ...eventFilter(project.id, query), order }, pageRequest(query))
      return ok(pageJson(page, eventJson))
    },
    async countEvents({ query, project }) {
      const filter = eventFilter(project.id, query)
      const total = await events.count(filter)
      const groups = query.by === undefined ? [] : await events.countBy(filter, query.by)
      return ok({ total, groups: groups.map(({ label, count }) => ({ value: label, label, count })) })
    },
    async getEvent({ params, project }) {
      return ok(eventJson(await findEvent(deps, project.id, params.event)))
    },
    streamEvents({ query, project, signal }) {
      const filter = eventFilter(project.id, query)
      return streams.answer(signal, (ended) => followEvents(deps, filter, ended))
    },
  }
}

export async function findEvent({ store }: Pick<ApiDeps, 'store'>, project: string, id: string): Promise<LoggedEvent> {
  const event = await store.read.events.get(project, id.toLowerCase())
  if (event === null) throw notFound('event', id, 'events are kept for a limited time')
  return event
}

/**
 * The log is the only source: the feed merely says that it has grown. So nothing is missing and nothing comes twice,
 * however far the reader is behind.
 */
async function* followEvents(
  { store, feed }: Deps,
  { afterPosition, ...filter }: EventFilter,
  signal: AbortSignal,
): AsyncGenerator<StreamMessage> {
  const watch = watchChanges(feed, filter.project, signal)
  let head = (await store.log.head()).position
  let position = afterPosition ?? head
  let ready = false
  while (!signal.aborted) {
    for await (const event of eventsUpTo(store, filter, { after: position, head })) {
      if (signal.aborted) return
      yield { id: event.position, data: JSON.stringify(eventJson(event)) }
    }
    position = Math.max(position, head)
    if (!ready) yield { event: STREAM_READY, id: position, data: '' }
    ready = true
    const changes = await watch.next()
    if (changes === null) return
    head = Math.max(head, changes.head)
  }
}
