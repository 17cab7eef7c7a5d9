import { expect, test } from 'vitest'
import { createFeed } from '../lib/feed.ts'
import { CHANGES_MAX, watchChanges } from './changes.ts'
import type { LiveMessage } from './live-message.ts'

function watched() {
  const feed = createFeed<LiveMessage>()
  const over = new AbortController()
  return { feed, over, watch: watchChanges(feed, 'mine', over.signal) }
}

test('many changes of one thing are shown once, and those of other projects not at all', async () => {
  const { feed, watch } = watched()
  const next = watch.next()
  for (let at = 1; at <= 50; at += 1) feed.publish({ kind: 'appended', position: at })
  feed.publish({ kind: 'run', project: 'mine', id: 'r1' })
  feed.publish({ kind: 'run', project: 'theirs', id: 'r2' })
  feed.publish({ kind: 'run', project: 'mine', id: 'r1' })
  let changes = await next
  const runs = [...(changes?.runs ?? [])]
  while (runs.length === 0) {
    changes = await watch.next()
    runs.push(...(changes?.runs ?? []))
  }
  expect([changes?.head, runs]).toEqual([50, ['r1']])
})

test('a viewer that does not look keeps the latest changes and learns how many it missed', async () => {
  const { feed, watch } = watched()
  for (let at = 0; at < CHANGES_MAX + 5; at += 1) {
    feed.publish({ kind: 'launch', project: 'mine', id: String(at) })
    await Promise.resolve()
  }
  const seen: string[] = []
  let missed = 0
  while (seen.at(-1) !== String(CHANGES_MAX + 4)) {
    const changes = await watch.next()
    seen.push(...(changes?.launches ?? []))
    missed += changes?.missed ?? 0
  }
  expect(seen.length + missed).toBe(CHANGES_MAX + 5)
})

test('a watch ends with its signal, also while it waits', async () => {
  const { over, watch, feed } = watched()
  const next = watch.next()
  over.abort()
  expect(await next).toBeNull()
  expect(feed.subscribers).toBe(0)
})
