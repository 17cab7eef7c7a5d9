import { expect, test } from 'vitest'
import { childTraceparent } from './traceparent.ts'

test('a process gets a span of its own in the trace of what launched it', () => {
  const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'
  const child = childTraceparent(parent)
  expect(child).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/)
  expect(child).not.toBe(parent)
})

test.each([null, 'nonsense', '00-00000000000000000000000000000000-00f067aa0ba902b7-01'])(
  'without a usable parent (%s) a trace begins',
  (parent) => {
    const [first, second] = [childTraceparent(parent), childTraceparent(parent)]
    expect(first).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    expect(first).not.toContain('-00000000000000000000000000000000-')
    expect(second.slice(3, 35)).not.toBe(first.slice(3, 35))
  },
)
