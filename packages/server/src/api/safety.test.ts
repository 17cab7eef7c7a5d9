import { describe, expect, test } from 'vitest'
import { HttpProblem } from './http-problem.ts'
import { type Access, accessFor, checkAccess } from './safety.ts'

const TOKEN = 'a-long-and-random-token'

function ask(
  access: Access,
  headers: Readonly<Record<string, string>>,
  options: { path?: string; port?: number } = {},
) {
  const { path = '/api/v1/events', port = 4400 } = options
  try {
    checkAccess(access, { method: 'GET', path, port, header: (name) => headers[name] ?? null })
    return 'let in'
  } catch (error) {
    if (error instanceof HttpProblem) return error.code
    throw error
  }
}

describe('without a token', () => {
  const access = accessFor('127.0.0.1', null)

  test.each(['127.0.0.1:4400', 'localhost:4400', 'LocalHost:4400', '[::1]:4400'])('the name %s is ours', (host) => {
    expect(ask(access, { host })).toBe('let in')
  })

  test.each([
    'evil.example:4400',
    'localhost.evil.example:4400',
    '127.0.0.1.evil.example:4400',
    '127.0.0.1:4401',
    '127.0.0.1',
    '127.0.0.1:4400@evil.example',
    '',
    '[::1]',
    '0.0.0.0:4400',
  ])('a request addressed to %j is refused', (host) => {
    expect(ask(access, { host })).toBe('foreign_origin')
  })

  test.each(['http://evil.example', 'http://localhost:3000', 'null', 'https://evil.example:4400', 'file://'])(
    'a request from a page of %s is refused',
    (origin) => {
      expect(ask(access, { host: '127.0.0.1:4400', origin })).toBe('foreign_origin')
    },
  )

  test('a request from our own page is let in', () => {
    expect(ask(access, { host: 'localhost:4400', origin: 'http://localhost:4400' })).toBe('let in')
  })

  test('what a browser marks as coming from another site is refused, except a followed link', () => {
    const host = '127.0.0.1:4400'
    expect(ask(access, { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe('foreign_origin')
    expect(ask(access, { host, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' })).toBe('foreign_origin')
    expect(ask(access, { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe('let in')
    expect(ask(access, { host, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' })).toBe('let in')
  })
})

describe('with a token', () => {
  const access = accessFor('0.0.0.0', TOKEN)
  const host = 'upon.internal'

  test('any name will do, and the token is needed', () => {
    expect(ask(access, { host })).toBe('unauthorized')
    expect(ask(access, { host, authorization: `Bearer ${TOKEN}x` })).toBe('unauthorized')
    expect(ask(access, { host, authorization: `Basic ${TOKEN}` })).toBe('unauthorized')
    expect(ask(access, { host, authorization: `Bearer ${TOKEN}` })).toBe('let in')
  })

  test('a page of another name is refused even with the token', () => {
    const authorization = `Bearer ${TOKEN}`
    expect(ask(access, { host, authorization, origin: 'https://evil.example' })).toBe('foreign_origin')
    expect(ask(access, { host, authorization, origin: 'https://upon.internal' })).toBe('let in')
  })

  test.each(['/healthz', '/readyz', '/', '/assets/index-1a2b.js'])('%s is open', (path) => {
    expect(ask(access, { host }, { path })).toBe('let in')
  })

  test.each(['/metrics', '/api/v1/docs', '/assets/../api', '/healthz/x', '/api/v1/info'])('%s is not', (path) => {
    expect(ask(access, { host }, { path })).toBe('unauthorized')
  })
})

describe('another bind address', () => {
  test.each(['0.0.0.0', '::', '192.168.1.5', 'upon.internal'])('%s needs a token', (bind) => {
    expect(() => accessFor(bind, null)).toThrow('set UPON_TOKEN')
    expect(accessFor(bind, TOKEN).token).toBe(TOKEN)
  })

  test.each(['127.0.0.1', 'localhost', '::1', '127.0.0.2'])('%s does not', (bind) => {
    expect(accessFor(bind, null).token).toBeNull()
  })

  test('a token that can be guessed is refused', () => {
    expect(() => accessFor('0.0.0.0', 'secret')).toThrow('UPON_TOKEN has 6 characters, at least 16')
  })
})
