import { expect, test } from 'vitest'
import { DECIDE_BATCH_FIRST, DECIDE_BATCH_MAX, FIRINGS_PER_BATCH, nextBatchSize } from './batch-size.ts'

test('a batch that fires rarely is followed by larger ones, up to the limit', () => {
  let size = DECIDE_BATCH_FIRST
  for (let turn = 0; turn < 10; turn += 1) size = nextBatchSize(size, size, Math.floor(size / 100))
  expect(size).toBe(DECIDE_BATCH_MAX)
})

test('however many automations each entry fires, soon no batch holds more firings than it should', () => {
  for (const firingsPerEntry of [1, 8, 50, FIRINGS_PER_BATCH, 10_000]) {
    const size = nextBatchSize(DECIDE_BATCH_FIRST, DECIDE_BATCH_FIRST, DECIDE_BATCH_FIRST * firingsPerEntry)
    expect(size).toBe(Math.max(1, Math.floor(FIRINGS_PER_BATCH / firingsPerEntry)))
  }
})
