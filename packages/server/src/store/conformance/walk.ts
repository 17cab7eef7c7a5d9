import type { Page, PageRequest } from '../store.ts'

/** All pages of a list, from the first to the last. */
export async function allPages<T>(
  list: (page: PageRequest) => Promise<Page<T>>,
  limit: number,
): Promise<readonly T[][]> {
  const pages: T[][] = []
  let cursor: string | null = null
  do {
    const { items, next }: Page<T> = await list({ limit, cursor })
    pages.push([...items])
    cursor = next
  } while (cursor !== null)
  return pages
}
