import { PAGE_ITEMS_MAX, type Page } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { columns } from './columns.ts'
import { wholeNumber } from './option-values.ts'

const LIMIT_DEFAULT = 50

export interface ReadOptions {
  readonly json?: true
}

export interface ListOptions extends ReadOptions {
  readonly limit: number
}

/** Adds what every command that reads has. */
export function reads(command: Command): Command {
  return command.option('--json', 'print JSON')
}

/** Adds what every list has. */
export function lists(command: Command): Command {
  return reads(command).option('--limit <number>', 'most rows to print', wholeNumber(1), LIMIT_DEFAULT)
}

interface PageQuery {
  readonly limit: number
  readonly cursor?: string
}

export interface Listing<T> {
  readonly options: ListOptions
  readonly page: (query: PageQuery) => Promise<Page<T>>
  readonly headings: readonly string[]
  readonly row: (item: T) => readonly string[]
  /** Said instead of an empty table. */
  readonly none: string
}

/** Prints a list, over as many pages as its limit asks for: as JSON an array, else aligned columns. */
export async function printList<T>(cli: Cli, listing: Listing<T>): Promise<void> {
  const { items, more } = await takePages(listing.options.limit, listing.page)
  if (listing.options.json) cli.json(items)
  else if (items.length === 0) cli.note(listing.none)
  else cli.terminal.out(columns(cli.style, listing.headings, items.map(listing.row)))
  if (more) cli.note(`there are more; --limit ${listing.options.limit * 10} shows them`)
}

/** The first `limit` items of a paged list. */
export async function takePages<T>(
  limit: number,
  page: Listing<T>['page'],
): Promise<{ items: readonly T[]; more: boolean }> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const next: Page<T> = await page({
      limit: Math.min(PAGE_ITEMS_MAX, limit - items.length),
      ...(cursor !== null && { cursor }),
    })
    items.push(...next.items)
    cursor = next.next_cursor
  } while (cursor !== null && items.length < limit)
  return { items, more: cursor !== null }
}
