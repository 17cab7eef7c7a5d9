import { expect, test } from 'vitest'
import { createDocumentCheck } from './fits-document.ts'

const { check } = createDocumentCheck()
const seen = (text: string, more = {}) =>
  check({ method: 'GET', path: '/healthz', status: 200, type: 'application/json', text, ...more })

test('an answer as documented fits', () => {
  expect(() => seen('{"ok":true,"checks":[]}')).not.toThrow()
})

test.each([
  ['a member that is not described', '{"ok":true,"checks":[],"extra":1}', {}],
  ['a missing member', '{"ok":true}', {}],
  ['a wrong type', '{"ok":"yes","checks":[]}', {}],
  ['another media type', '{"ok":true,"checks":[]}', { type: 'text/plain' }],
  ['a failure that is no problem document', '{"ok":true,"checks":[]}', { status: 418 }],
])('%s does not', (_what, text, more) => {
  expect(() => seen(text, more)).toThrow(/OpenAPI document/)
})
