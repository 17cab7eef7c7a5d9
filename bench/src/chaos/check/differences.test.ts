import { expect, test } from 'vitest'
import { compare, isDifferent, NAMED_MAX } from './differences.ts'

test('equal sets have no difference, in whatever order', () => {
  const difference = compare('run', ['a', 'b'], ['b', 'a'])
  expect(isDifferent(difference)).toBe(false)
  expect(difference.named).toEqual([])
})

test('what is lost, doubled and invented is counted apart and named', () => {
  const difference = compare('run', ['a', 'b'], ['b', 'b', 'c'])
  expect(difference).toMatchObject({ lost: 1, doubled: 1, invented: 1 })
  expect(difference.named).toEqual(['run lost: a', 'run doubled: b', 'run invented: c'])
})

test('only the first differences are named, and all are counted', () => {
  const many = Array.from({ length: NAMED_MAX + 5 }, (_, index) => `${index}`)
  const difference = compare('run', many, [])
  expect(difference.lost).toBe(NAMED_MAX + 5)
  expect(difference.named).toHaveLength(NAMED_MAX)
})
