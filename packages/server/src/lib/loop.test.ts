import { expect, test } from 'vitest'
import { REPORT_US, startLoop } from './loop.ts'
import { manualClock } from './manual-clock.ts'

test('a wake during a turn is not lost', async () => {
  let turns = 0
  const loop = startLoop({
    clock: manualClock(0),
    onError: () => {},
    turn: async () => {
      turns += 1
      if (turns === 1) loop.wake()
      return null
    },
  })
  loop.wake()
  await loop.idle()
  expect(turns).toBe(2)
})

test('a turn that fails is reported and tried again after a growing pause', async () => {
  const clock = manualClock(0)
  const failures: unknown[] = []
  let turns = 0
  const loop = startLoop({
    clock,
    onError: (error) => failures.push(error),
    turn: async () => {
      turns += 1
      if (turns < 3) throw new Error(`turn ${turns}`)
      return null
    },
  })
  loop.wake()
  await loop.idle()
  expect(turns).toBe(1)
  clock.advance(50_000)
  await loop.idle()
  expect(turns).toBe(2)
  clock.advance(50_000)
  await loop.idle()
  expect(turns).toBe(2)
  clock.advance(50_000)
  await loop.idle()
  expect(turns).toBe(3)
  expect(failures).toHaveLength(2)
})

test('a turn that asks for an instant gets its next turn then, and none after stop', async () => {
  const clock = manualClock(0)
  let turns = 0
  const loop = startLoop({
    clock,
    onError: () => {},
    turn: async () => {
      turns += 1
      return clock.now() + 1_000
    },
  })
  loop.wake()
  await loop.idle()
  clock.advance(1_000)
  await loop.idle()
  expect(turns).toBe(2)
  await loop.stop()
  clock.advance(10_000)
  loop.wake()
  expect(turns).toBe(2)
})

test('trouble that stays the same is reported now and then, other trouble at once', async () => {
  const clock = manualClock(0)
  const failures: string[] = []
  let trouble = 'full'
  const loop = startLoop({
    clock,
    onError: (error) => failures.push(String(error)),
    turn: () => Promise.reject(new Error(trouble)),
  })
  const wakeOften = async () => {
    for (let count = 0; count < 100; count += 1) {
      loop.wake()
      await loop.idle()
    }
  }
  await wakeOften()
  expect(failures).toEqual(['Error: full'])
  trouble = 'locked'
  await wakeOften()
  expect(failures).toEqual(['Error: full', 'Error: locked'])
  clock.advance(REPORT_US)
  await wakeOften()
  expect(failures).toEqual(['Error: full', 'Error: locked', 'Error: locked'])
  await loop.stop()
})
