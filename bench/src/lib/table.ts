/** Lays rows out in columns for a terminal; the first row is the heading. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  const [heading = [], ...body] = rows
  return [line(heading), rule, ...body.map(line)].join('\n')
}

/** The same for a Markdown page. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [heading = [], ...body] = rows
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heading), line(heading.map(() => '---')), ...body.map(line)].join('\n')
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1,234`; smaller numbers keep what still says something. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (Number.isInteger(value)) return WHOLE.format(value)
  if (Math.abs(value) >= 100) return WHOLE.format(value)
  if (Math.abs(value) >= 10) return value.toFixed(1)
  return value.toFixed(2)
}
