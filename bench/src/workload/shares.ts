/** The trigger mix of the budgets, as shares of the events; every event matches exactly one automation. */
export const SHARES = {
  exact: 0.6,
  prefix: 0.15,
  negation: 0.05,
  related: 0.1,
  'for-each': 0.05,
  unindexable: 0.05,
} as const

export type TriggerClass = keyof typeof SHARES

export const CLASSES: readonly TriggerClass[] = ['exact', 'prefix', 'negation', 'related', 'for-each', 'unindexable']

/** `indexable` leaves out the triggers no index can help with, whose cost grows with their number by nature. */
export type Mix = 'indexable' | 'all'

export const classesOf = (mix: Mix): readonly TriggerClass[] =>
  mix === 'all' ? CLASSES : CLASSES.filter((name) => name !== 'unindexable')

/** How many automations of each class there are among `count`; at least one, so that each class is exercised. */
export function countsOf(count: number, mix: Mix): ReadonlyMap<TriggerClass, number> {
  const classes = classesOf(mix)
  const total = classes.reduce((sum, name) => sum + SHARES[name], 0)
  const counts = new Map(classes.map((name) => [name, Math.max(1, Math.floor((count * SHARES[name]) / total))]))
  const rest = count - [...counts.values()].reduce((sum, one) => sum + one, 0)
  counts.set('exact', (counts.get('exact') ?? 0) + rest)
  return counts
}
