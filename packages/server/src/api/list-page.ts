import type { Page as PageJson } from '@upon/sdk'
import { CursorError } from '../store/errors.ts'
import type { Page, PageRequest } from '../store/store.ts'

/** Store pages read for one answer whose filter the store does not know; then the page is given out short. */
const READS_PER_PAGE_MAX = 20

export interface PageQuery {
  readonly limit: number
  readonly cursor?: string | undefined
}

export const pageRequest = (query: PageQuery): PageRequest => ({ limit: query.limit, cursor: query.cursor ?? null })

/** A page of rows as the API shows it. */
export function pageJson<Row, T>(page: Page<Row>, show: (row: Row) => T): PageJson<T> {
  return { items: page.items.map(show), next_cursor: page.next }
}

/** Reads pages until enough rows pass `keep`; what it answers can be continued like any other page. */
export async function filteredPage<Row>(
  query: PageQuery,
  read: (page: PageRequest) => Promise<Page<Row>>,
  keep: (row: Row) => boolean,
): Promise<Page<Row>> {
  const items: Row[] = []
  let next: string | null = query.cursor ?? null
  for (let reads = 0; reads < READS_PER_PAGE_MAX && items.length < query.limit; reads += 1) {
    const page: Page<Row> = await read({ limit: query.limit - items.length, cursor: next })
    items.push(...page.items.filter(keep))
    next = page.next
    if (next === null) break
  }
  return { items, next }
}

/** Cuts a page out of a whole list, in order of `keyOf`. Throws `CursorError`. */
export function pageOfAll<Row>(rows: readonly Row[], query: PageQuery, keyOf: (row: Row) => string): Page<Row> {
  const after = query.cursor === undefined ? null : keyIn(query.cursor)
  const sorted = [...rows].sort((a, b) => compare(keyOf(a), keyOf(b)))
  const left = after === null ? sorted : sorted.filter((row) => compare(keyOf(row), after) > 0)
  const items = left.slice(0, query.limit)
  const last = items.at(-1)
  return { items, next: items.length < left.length && last !== undefined ? cursorOf(keyOf(last)) : null }
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

const CURSOR_MARK = 'after:'
const cursorOf = (key: string): string => Buffer.from(CURSOR_MARK + key, 'utf8').toString('base64url')

function keyIn(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  if (text.startsWith(CURSOR_MARK)) return text.slice(CURSOR_MARK.length)
  throw new CursorError(`the cursor ${JSON.stringify(cursor)} did not come from this list; start without one`)
}

/** Whether `tags` holds all of `wanted`. */
export function hasTags(tags: readonly string[], wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.every((tag) => tags.includes(tag))
}
