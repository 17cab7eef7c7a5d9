import type { Json } from '@upon/engine'
import { pythonText } from './python-text.ts'

const DIRECTIVE = /%([-+ 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g

/** Widths and precisions beyond it are refused before the text is made. */
const WIDTH_MAX = 1_000
const PRECISION_MAX = 100

/** `'%s has %05.1f' | format(a, b)`. */
export function formatPercent(format: string, values: readonly Json[]): string {
  let taken = 0
  const text = format.replace(
    DIRECTIVE,
    (_, flags: string, width = '0', precision: string | undefined, kind: string) => {
      if (kind === '%') return '%'
      const value = values[taken]
      if (value === undefined) throw new Error(`the format "${format}" needs more than ${values.length} values`)
      taken += 1
      if (Number(width) > WIDTH_MAX) throw new Error(`the width ${width} is larger than ${WIDTH_MAX}`)
      const digits = precision === undefined ? null : Math.min(Number(precision), PRECISION_MAX)
      return padded(directive(value, kind, digits), flags, Number(width), kind === 's')
    },
  )
  if (taken < values.length) throw new Error(`the format "${format}" takes ${taken} values, not ${values.length}`)
  return text
}

function directive(value: Json, kind: string, digits: number | null): string {
  if (kind === 's') return pythonText(value).slice(0, digits ?? undefined)
  if (typeof value !== 'number') throw new Error(`%${kind} needs a number, not ${JSON.stringify(value)}`)
  switch (kind) {
    case 'd':
    case 'i':
      return String(Math.trunc(value))
    case 'x':
      return Math.trunc(value).toString(16)
    case 'f':
      return value.toFixed(digits ?? 6)
    case 'e':
      return value.toExponential(digits ?? 6).replace(/e([+-])(\d)$/, 'e$10$2')
  }
  throw new Error(`the format character "${kind}" is not known; use s, d, i, x, f or e`)
}

function padded(text: string, flags: string, width: number, isText: boolean): string {
  const sign = isText || text.startsWith('-') ? '' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const signed = sign + text
  if (flags.includes('-')) return signed.padEnd(width)
  if (isText || !flags.includes('0')) return signed.padStart(width)
  const mark = /^[-+ ]/.exec(signed)?.[0] ?? ''
  return mark + signed.slice(mark.length).padStart(width - mark.length, '0')
}
