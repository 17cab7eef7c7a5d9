import { expect, test } from 'vitest'
import { inferTarget } from './infer-target.ts'

test.each(['deployment', 'automation'] as const)('without an event there is no %s to infer', (kind) => {
  expect(() => inferTarget(null, kind)).toThrow(`No event to infer the ${kind}`)
})
