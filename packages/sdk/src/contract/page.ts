import { z } from 'zod'
import type { Schema } from '../route.ts'
import { queryInteger } from './query.ts'

/** Most items one page may hold. */
export const PAGE_ITEMS_MAX = 200
/** Items of a page when the request does not say. */
export const PAGE_ITEMS_DEFAULT = 50

/** The two query parameters every list takes. */
export const pageQuery = {
  limit: queryInteger({ min: 1, max: PAGE_ITEMS_MAX }).default(PAGE_ITEMS_DEFAULT).describe('Most items to return.'),
  cursor: z.string().min(1).optional().describe('`next_cursor` of the previous page.'),
}

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

/** A page of `item`; `next_cursor` is null on the last one. */
export function pageOf<T>(id: string, item: z.ZodType<T>): Schema<Page<T>> {
  return z
    .object({
      items: z.array(item).describe('The items of this page.'),
      next_cursor: z.string().nullable().describe('Pass it as `cursor` for the next page; null on the last page.'),
    })
    .meta({ id })
}

export const countAnswerSchema = z.object({ count: z.int().nonnegative() }).meta({ id: 'Count' })
export interface CountAnswer extends z.output<typeof countAnswerSchema> {}
