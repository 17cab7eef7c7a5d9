import { expect, test } from 'vitest'
import { unknownPath } from './unknown-path.ts'

test.each([
  ['/api/v1/event', '/api/v1/events'],
  ['/api/v1/automation/predict', '/api/v1/automations/predict'],
  ['/api/v1/deployments/a%2Fb/run', '/api/v1/deployments/a%2Fb/runs'],
  ['/healtz', '/healthz'],
])('%s is probably meant to be %s', (path, meant) => {
  const { code, message } = unknownPath('GET', path)
  expect([code, message]).toEqual(['not_found', `there is nothing at ${path}; did you mean ${meant}?`])
})

test('a path that is near to nothing points to the list of all', () => {
  expect(unknownPath('GET', '/wp-login.php').message).toContain('GET /api/v1/openapi.json lists every path')
})

test('a wrong method names the possible ones', () => {
  const { code, extras } = unknownPath('DELETE', '/api/v1/automations')
  expect([code, extras.headers]).toEqual(['method_not_allowed', { allow: 'GET, POST' }])
})
