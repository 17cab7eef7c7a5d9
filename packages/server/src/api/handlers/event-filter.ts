import type { EventCountQuery, EventStreamQuery } from '@upon/sdk'
import type { EventFilter } from '../../store/event-table.ts'
import { instantQuery } from '../instant-input.ts'

type Query = Partial<EventCountQuery> & Partial<EventStreamQuery>

/** The events of one project that a query selects. */
export function eventFilter(project: string, query: Query): EventFilter {
  const since = instantQuery('since', query.since)
  const until = instantQuery('until', query.until)
  return {
    project,
    ...(query.id !== undefined && { ids: query.id.map((id) => id.toLowerCase()) }),
    ...(query.event !== undefined && { names: query.event }),
    ...(query.resource !== undefined && { resources: query.resource }),
    ...(query.related !== undefined && { related: query.related }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(query.after_position !== undefined && { afterPosition: query.after_position }),
    ...(query.text !== undefined && query.text !== '' && { text: query.text }),
  }
}
