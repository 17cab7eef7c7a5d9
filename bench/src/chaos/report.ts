import { quantileOf } from '../lib/statistics.ts'
import { formatNumber, textTable } from '../lib/table.ts'
import type { ChaosReport } from './chaos.ts'
import { isDifferent } from './check/differences.ts'

export const holds = (report: ChaosReport): boolean => !report.differences.some(isDifferent)

/** The report for people: figures, then every comparison, then the first differences by name. */
export function chaosText(report: ChaosReport): string {
  const figures = [
    ['what', 'value'],
    ['kills', formatNumber(report.kills)],
    ['events acknowledged', formatNumber(report.acknowledged)],
    ['  per second, over starts and gaps', formatNumber(report.eventsPerSecond)],
    ['  sent again', formatNumber(report.resent)],
    ['entries in the log', formatNumber(report.entries)],
    ['firings', formatNumber(report.firings)],
    ['runs', formatNumber(report.runs)],
    ['attempts killed before their process began', formatNumber(report.neverBegan)],
    ['start to ready, p50', `${formatNumber(quantileOf(report.restartMs, 0.5))} ms`],
    ['start to ready, p99', `${formatNumber(quantileOf(report.restartMs, 0.99))} ms`],
  ]
  const compared = [
    ['compared', 'lost', 'doubled', 'invented'],
    ...report.differences.map(({ of, lost, doubled, invented }) => [of, `${lost}`, `${doubled}`, `${invented}`]),
  ]
  const named = report.differences.flatMap((difference) => difference.named)
  const verdict = holds(report)
    ? 'No difference from the replay of the log.'
    : ['DIFFERENT from the replay of the log:', ...named.map((line) => `  ${line}`)].join('\n')
  return [textTable(figures), '', textTable(compared), '', verdict, ''].join('\n')
}
