import { expect, test } from 'vitest'
import { newId } from '../lib/ids.ts'
import { runNameOf } from './run-name.ts'
import { ADJECTIVES, ANIMALS } from './run-words.ts'

test('a run name is two words and follows from the id', () => {
  const id = newId()
  expect(runNameOf(id)).toMatch(/^[a-z]+-[a-z]+$/)
  expect(runNameOf(id)).toBe(runNameOf(id))
})

test('ids made one after the other give different names', () => {
  const names = new Set(Array.from({ length: 100 }, () => runNameOf(newId())))
  expect(names.size).toBeGreaterThan(90)
})

test('no word is in its list twice', () => {
  for (const words of [ADJECTIVES, ANIMALS]) expect(new Set(words).size).toBe(words.length)
})
