import type { Json } from '@upon/engine'
import { isObject } from './view.ts'

/** A value as Jinja prints it: `True`, `None`, lists and maps in Python's notation. */
export function pythonText(value: Json): string {
  return typeof value === 'string' ? value : representation(value)
}

function representation(value: Json): string {
  if (value === null) return 'None'
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return numberText(value)
  if (!isObject(value)) return `[${value.map(representation).join(', ')}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `${quoted(key)}: ${representation(item)}`)
    .join(', ')}}`
}

/** A number as Python prints it: an exponent from 1e16 and below 1e-4, of at least two digits. */
export function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power < -4 || power >= 16) return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  if (power >= 0) return Number.isInteger(value) ? `${value}.0` : String(value)
  return value.toFixed(Math.max(0, digits.replace(/[-.]/g, '').length - 1 - power))
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\\': '\\\\' }

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inside = text.replace(/[\\\p{Cc}]/gu, (character) => ESCAPES[character] ?? hexCode(character))
  return quote + (quote === "'" ? inside.replaceAll("'", "\\'") : inside) + quote
}

function hexCode(character: string): string {
  return `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`
}

/** JSON as Python writes it into a page: spaces after `,` and `:`, nothing outside ASCII, none of `<>&'`. */
export function pythonJson(value: Json, indent: number | null = null): string {
  const text = indent === null ? spaced(value) : JSON.stringify(value, null, indent)
  return text.replace(/[\u0080-\uffff<>&']/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function spaced(value: Json): string {
  if (typeof value === 'number') return numberText(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (!isObject(value)) return `[${value.map(spaced).join(', ')}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`)
    .join(', ')}}`
}
