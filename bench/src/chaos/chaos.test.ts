import { expect, test } from 'vitest'
import { type ChaosReport, runChaos } from './chaos.ts'
import { isDifferent } from './check/differences.ts'

const BREAK_DECIDE = new URL('./break-decide.js', import.meta.url).href
const TIMEOUT_MS = 90_000

const differing = ({ differences }: ChaosReport) => differences.filter(isDifferent)

test('a server killed again and again under load loses, doubles and invents nothing', {
  timeout: TIMEOUT_MS,
}, async () => {
  const report = await runChaos({ kills: 4, seed: 11, rate: 600 })
  expect(differing(report)).toEqual([])
  expect(report.acknowledged).toBeGreaterThan(1_000)
  expect(report.firings).toBeGreaterThan(50)
  expect(report.runs).toBeGreaterThan(0)
})

test('a server whose decide transaction is split in two is caught', { timeout: TIMEOUT_MS }, async () => {
  const report = await runChaos({ kills: 6, seed: 65, rate: 600, nodeArgs: ['--import', BREAK_DECIDE] })
  expect(differing(report).map(({ of }) => of)).toContain('launch')
})
