import { expect, test } from 'vitest'
import { CursorError } from '../store/errors.ts'
import { filteredPage, pageOfAll } from './list-page.ts'

const names = ['alpha', 'beta', 'gamma', 'delta', 'omega'].map((name) => ({ name }))

test('pages of a whole list hold every row once, in order, also when one is removed in between', () => {
  const key = ({ name }: { name: string }) => name
  const first = pageOfAll(names, { limit: 2 }, key)
  expect(first.items.map(key)).toEqual(['alpha', 'beta'])
  const left = names.filter(({ name }) => name !== 'beta')
  const second = pageOfAll(left, { limit: 2, cursor: first.next ?? '' }, key)
  expect(second.items.map(key)).toEqual(['delta', 'gamma'])
  const third = pageOfAll(left, { limit: 2, cursor: second.next ?? '' }, key)
  expect([third.items.map(key), third.next]).toEqual([['omega'], null])
})

test('a cursor of another list is refused', () => {
  expect(() => pageOfAll(names, { limit: 2, cursor: 'WzFd' }, ({ name }) => name)).toThrow(CursorError)
})

test('a filter the store does not know still fills pages, and none is lost between them', async () => {
  const read = async ({ limit, cursor }: { limit: number; cursor: string | null }) => {
    const start = Number(cursor ?? 0)
    const end = start + limit
    return { items: [...Array(100).keys()].slice(start, end), next: end < 100 ? String(end) : null }
  }
  const found: number[] = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const query = cursor === undefined ? { limit: 7 } : { limit: 7, cursor }
    const page = await filteredPage(query, read, (row) => row % 3 === 0)
    found.push(...page.items)
    cursor = page.next
  }
  expect(found).toEqual([...Array(100).keys()].filter((row) => row % 3 === 0))
})
