import { describe, expect, it } from 'vitest'
import type { EventFilter } from '../event-table.ts'
import { type PreparePlace, useStore } from './place.ts'
import { append, appendEvents, eventEntry, page, T0 } from './samples.ts'
import { allPages } from './walk.ts'

const HOUR = 3_600_000_000

/** Finding events in the log. */
export function eventConformance(prepare: PreparePlace): void {
  describe('events', () => {
    const test = useStore(prepare)
    const found = async (filter: Omit<EventFilter, 'project'>, project = 'default') => {
      const { items } = await test.store.read.events.list({ project, order: 'oldest', ...filter }, page())
      expect(await test.store.read.events.count({ project, ...filter })).toBe(items.length)
      return items.map(({ id }) => id).join(' ')
    }

    it('finds one event by id or position, in its project only', async () => {
      const [result] = await append(test.store, eventEntry('a'), { kind: 'clock', project: 'default', resumed: false })
      const event = await test.store.read.events.get('default', 'a')
      expect(event).toMatchObject({ id: 'a', position: result?.position })
      expect(await test.store.read.events.at(result?.position ?? 0)).toEqual(event)
      expect(await test.store.read.events.at((result?.position ?? 0) + 1)).toBeNull()
      expect(await test.store.read.events.get('other', 'a')).toBeNull()
    })

    it('lists the newest first, unless asked for the oldest', async () => {
      await appendEvents(test.store, 'a', 'b', 'c')
      const newest = await test.store.read.events.list({ project: 'default' }, page())
      expect(newest.items.map(({ id }) => id)).toEqual(['c', 'b', 'a'])
      expect(newest.next).toBeNull()
      expect(await found({})).toBe('a b c')
    })

    it.each(['newest', 'oldest'] as const)('pages from the %s without gaps while events arrive', async (order) => {
      await appendEvents(test.store, 'a', 'b', 'c', 'd', 'e')
      const pages = await allPages(async (request) => {
        const listed = await test.store.read.events.list({ project: 'default', order }, request)
        if (order === 'newest') await appendEvents(test.store, `late-${request.cursor}`)
        return listed
      }, 2)
      const expected = order === 'newest' ? [['e', 'd'], ['c', 'b'], ['a']] : [['a', 'b'], ['c', 'd'], ['e']]
      expect(pages.map((items) => items.map(({ id }) => id))).toEqual(expected)
    })

    it('refuses a cursor it did not give out', async () => {
      const list = (cursor: string) => test.store.read.events.list({ project: 'default' }, page(1, cursor))
      await expect(list('nonsense')).rejects.toMatchObject({ code: 'invalid_cursor' })
      await expect(list(Buffer.from('["a"]').toString('base64url'))).rejects.toMatchObject({ code: 'invalid_cursor' })
    })

    it('shows a project its own events only', async () => {
      await append(test.store, eventEntry('a'), eventEntry('b', { project: 'other' }))
      expect(await found({})).toBe('a')
      expect(await found({}, 'other')).toBe('b')
      expect(await found({ ids: ['b'] })).toBe('')
    })

    it('filters by name, resource and id, exactly or by a prefix', async () => {
      const resource = (id: string) => ({ resource: { 'prefect.resource.id': id } })
      await append(
        test.store,
        eventEntry('a1', { event: 'order.paid', ...resource('shop.1') }),
        eventEntry('a2', { event: 'order.refunded', ...resource('shop.10') }),
        eventEntry('b1', { event: 'invoice.sent', ...resource('shop.2') }),
      )
      expect(await found({ names: ['order.paid'] })).toBe('a1')
      expect(await found({ names: ['order.*'] })).toBe('a1 a2')
      expect(await found({ names: ['order.paid', 'invoice.*'] })).toBe('a1 b1')
      expect(await found({ names: ['order'] })).toBe('')
      expect(await found({ resources: ['shop.1'] })).toBe('a1')
      expect(await found({ resources: ['shop.1*'] })).toBe('a1 a2')
      expect(await found({ ids: ['a*', 'b1'] })).toBe('a1 a2 b1')
      expect(await found({ names: ['order.*'], resources: ['shop.2'] })).toBe('')
      expect(await found({ names: [] })).toBe('')
    })

    it('filters by related resources and labels', async () => {
      const related = (id: string) => ({ 'prefect.resource.id': id, 'prefect.resource.role': 'flow' })
      await append(
        test.store,
        eventEntry('a', { related: [related('flow.1'), related('flow.2')] }),
        eventEntry('b', {
          related: [related('flow.20')],
          resource: { 'prefect.resource.id': 'r', 'odd ".label': 'x' },
        }),
        eventEntry('c', { resource: { 'prefect.resource.id': 'r', 'odd ".label': 'yes' } }),
      )
      expect(await found({ related: ['flow.2'] })).toBe('a')
      expect(await found({ related: ['flow.2*'] })).toBe('a b')
      expect(await found({ related: ['flow'] })).toBe('')
      expect(await found({ labels: { 'odd ".label': ['x', 'y*'] } })).toBe('b c')
      expect(await found({ labels: { 'odd ".label': ['x'], 'prefect.resource.id': ['other'] } })).toBe('')
      expect(await found({ labels: { none: ['x'] } })).toBe('')
    })

    it('filters by time, both ends included', async () => {
      await append(test.store, ...[0, 1, 2].map((n) => eventEntry(`e${n}`, { occurred: T0 + n })))
      expect(await found({ since: T0 + 1 })).toBe('e1 e2')
      expect(await found({ until: T0 + 1 })).toBe('e0 e1')
      expect(await found({ since: T0 + 1, until: T0 + 1 })).toBe('e1')
    })

    it('lists what came after a position', async () => {
      const results = await appendEvents(test.store, 'a', 'b', 'c')
      expect(await found({ afterPosition: results[0]?.position ?? 0 })).toBe('b c')
      expect(await found({ afterPosition: results[2]?.position ?? 0 })).toBe('')
    })

    it('finds text in name, resource, related and payload, whatever its case', async () => {
      await append(
        test.store,
        eventEntry('a', { event: 'Needle.found' }),
        eventEntry('b', { resource: { 'prefect.resource.id': 'x.NEEDLE' } }),
        eventEntry('c', { related: [{ 'prefect.resource.id': 'a needle.1' }] }),
        eventEntry('d', { payload: { deep: ['say "needle"'] } }),
        eventEntry('e', { payload: { percent: '100%' } }),
      )
      expect(await found({ text: 'needle' })).toBe('a b c d')
      expect(await found({ text: '"Needle"' })).toBe('d')
      expect(await found({ text: '0%' })).toBe('e')
      expect(await found({ text: 'n__dle' })).toBe('')
    })

    it('counts by name and resource, largest first', async () => {
      const named = (id: string, event: string) => eventEntry(id, { event })
      await append(test.store, named('a', 'x'), named('b', 'y'), named('c', 'y'), named('d', 'z'))
      expect(await test.store.read.events.countBy({ project: 'default' }, 'event')).toEqual([
        { label: 'y', count: 2 },
        { label: 'x', count: 1 },
        { label: 'z', count: 1 },
      ])
      expect(await test.store.read.events.countBy({ project: 'default', names: ['y'] }, 'resource')).toEqual([
        { label: 'order.1', count: 2 },
      ])
    })

    it('counts by day, hour and minute in time order', async () => {
      const at = (id: string, occurred: number) => eventEntry(id, { occurred })
      await append(test.store, at('a', T0 + 30 * HOUR), at('b', T0), at('c', T0 + 1), at('d', T0 + 2 * HOUR))
      const counts = (by: 'day' | 'hour' | 'minute') => test.store.read.events.countBy({ project: 'default' }, by)
      expect(await counts('day')).toEqual([
        { label: '2026-09-21T00:00:00.000Z', count: 3 },
        { label: '2026-09-22T00:00:00.000Z', count: 1 },
      ])
      expect((await counts('hour')).map(({ label }) => label)).toEqual([
        '2026-09-21T14:00:00.000Z',
        '2026-09-21T16:00:00.000Z',
        '2026-09-22T20:00:00.000Z',
      ])
      expect((await counts('minute'))[0]).toEqual({ label: '2026-09-21T14:13:00.000Z', count: 2 })
    })
  })
}
