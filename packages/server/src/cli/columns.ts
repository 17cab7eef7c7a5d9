import { stripVTControlCharacters } from 'node:util'
import type { Style } from './style.ts'

const GAP = '  '

/** Rows below headings, each column as wide as its widest cell; no borders, so that it can be cut and searched. */
export function columns(style: Style, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = [headings.map((heading) => style.dim(heading)), ...rows.map((row) => row.map(oneLine))]
  const widths = headings.map((_, column) => Math.max(...table.map((row) => width(row[column] ?? ''))))
  const lines = table.map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0)).join(GAP))
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

const oneLine = (cell: string): string => cell.replaceAll(/\s*\n\s*/g, ' ')
const width = (cell: string): number => stripVTControlCharacters(cell).length
const pad = (cell: string, to: number): string => cell + ' '.repeat(Math.max(0, to - width(cell)))
