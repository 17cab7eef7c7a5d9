import { textTable } from './lib/table.ts'
import type { Row } from './row.ts'

const verdict = ({ met }: Row): string => (met === null ? '' : met ? 'met' : 'MISSED')

/** The table's cells, heading first. */
export const cellsOf = (rows: readonly Row[]): readonly (readonly string[])[] => [
  ['what', 'measured', 'compared with', 'ratio', 'budget', ''],
  ...rows.map((row) => [row.what, row.measured, row.baseline, row.ratio, row.budget, verdict(row)]),
]

export const rowsText = (rows: readonly Row[]): string => `${textTable(cellsOf(rows))}\n`
