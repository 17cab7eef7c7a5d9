import type { LoggedEvent } from '@upon/engine'
import type { EventFilter } from '../store/event-table.ts'
import type { Store } from '../store/store.ts'

/** Events read at a time for a viewer. */
const EVENTS_PER_READ = 200

/**
 * Events of the log after `after` and up to `head`, in order. `head` must have been committed before the call:
 * since positions become visible in order, nothing at or below it can appear later.
 */
export async function* eventsUpTo(
  store: Pick<Store, 'read'>,
  filter: EventFilter,
  { after, head }: { readonly after: number; readonly head: number },
): AsyncGenerator<LoggedEvent, void> {
  let cursor: string | null = null
  if (head <= after) return
  do {
    const page: { items: readonly LoggedEvent[]; next: string | null } = await store.read.events.list(
      { ...filter, afterPosition: after, order: 'oldest' },
      { limit: EVENTS_PER_READ, cursor },
    )
    for (const event of page.items) {
      if (event.position > head) return
      yield event
    }
    cursor = page.next
  } while (cursor !== null)
}
