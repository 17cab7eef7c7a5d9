import { CursorError } from '../errors.ts'
import type { Page, PageRequest } from '../store.ts'

/** Items one page may hold. */
export const PAGE_LIMIT_MAX = 200

type KeyPart = string | number

/** The last item's sort key, as the opaque text that continues after it. */
export const cursorOf = (key: readonly KeyPart[]): string =>
  Buffer.from(JSON.stringify(key), 'utf8').toString('base64url')

/** The sort key to continue after, with one part per `kinds`; null at the start. Throws `CursorError`. */
export function sortKey(page: PageRequest, kinds: readonly ('string' | 'number')[]): KeyPart[] | null {
  if (page.cursor === null) return null
  const key = parsed(page.cursor)
  if (!isKey(key) || key.length !== kinds.length || key.some((part, index) => typeof part !== kinds[index])) {
    throw new CursorError(`the cursor ${JSON.stringify(page.cursor)} did not come from this list; start without one`)
  }
  return key
}

/** As `sortKey`, for lists sorted by one number. */
export function numberKey(page: PageRequest): number | null {
  const key = sortKey(page, ['number'])?.[0]
  return typeof key === 'number' ? key : null
}

/** As `sortKey`, for lists sorted by one text. */
export function textKey(page: PageRequest): string | null {
  const key = sortKey(page, ['string'])?.[0]
  return typeof key === 'string' ? key : null
}

/** How many rows to ask for: one more than the page holds tells whether there is a next one. */
export const rowsFor = (page: PageRequest): number => limitOf(page) + 1

/** Makes a page of the rows found; `keyOf` gives the sort key of a row. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  page: PageRequest,
  { keyOf, itemOf }: { keyOf: (row: Row) => readonly KeyPart[]; itemOf: (row: Row) => T },
): Page<T> {
  const shown = rows.slice(0, limitOf(page))
  const last = shown.at(-1)
  const next = rows.length > shown.length && last !== undefined ? cursorOf(keyOf(last)) : null
  return { items: shown.map(itemOf), next }
}

const limitOf = (page: PageRequest): number => Math.min(Math.max(1, Math.trunc(page.limit)), PAGE_LIMIT_MAX)

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

const isKey = (value: unknown): value is KeyPart[] =>
  Array.isArray(value) && value.every((part) => typeof part === 'string' || Number.isSafeInteger(part))
