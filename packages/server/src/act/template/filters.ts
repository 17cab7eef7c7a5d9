import { fromEngine } from './engine-value.ts'
import type { ADDED_FILTERS } from './known-names.ts'
import { formatPercent } from './percent-format.ts'
import { pythonJson, pythonText } from './python-text.ts'
import {
  centered,
  fileSize,
  flowRunId,
  parsedInteger,
  replaced,
  truncated,
  urlEncoded,
  withoutTags,
  wrapped,
} from './text-filters.ts'
import { isObject } from './view.ts'

/** Arguments of a filter, read by position or name. */
export interface FilterArguments {
  text(index: number, name: string, fallback: string): string
  number(index: number, name: string, fallback: number): number
  flag(index: number, name: string): boolean
  readonly positional: readonly unknown[]
  readonly named: ReadonlyMap<unknown, unknown>
}

type Filter = (value: unknown, args: FilterArguments) => unknown

/** The filters the engine lacks, and those that differ from Jinja's. A thrown error fails the rendering. */
export const FILTERS: Readonly<Record<(typeof ADDED_FILTERS)[number], Filter>> = {
  center: (value, args) => centered(textOf(value), args.number(0, 'width', 80)),
  e: (value) => escaped(textOf(value)),
  escape: (value) => escaped(textOf(value)),
  filesizeformat: (value, args) => fileSize(Number(value), args.flag(0, 'binary')),
  flow_run_id: (value) => flowRunId(textOf(value)),
  forceescape: (value) => escaped(textOf(value)),
  format: (value, args) => formatPercent(textOf(value), args.positional.map(fromEngine)),
  int: (value, args) => parsedInteger(fromEngine(value)) ?? args.number(0, 'default', 0),
  replace: (value, args) => {
    const [old, by] = [args.text(0, 'old', ''), args.text(1, 'new', '')]
    return replaced(textOf(value), { old, by, count: args.number(2, 'count', -1) })
  },
  striptags: (value) => withoutTags(textOf(value)),
  sum: (value, args) => sum(value, args),
  tojson: (value, args) => pythonJson(fromEngine(value), indentOf(args)),
  truncate: (value, args) =>
    truncated(textOf(value), args.number(0, 'length', 255), {
      killWords: args.flag(1, 'killwords'),
      end: args.text(2, 'end', '...'),
      leeway: args.number(3, 'leeway', 5),
    }),
  urlencode: (value) => urlEncoded(fromEngine(value)),
  wordcount: (value) => textOf(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
  wordwrap: (value, args) => wrapped(textOf(value), args.number(0, 'width', 79)),
}

/** The engine gives named arguments as a map after the others. */
export function readArguments(given: readonly unknown[]): FilterArguments {
  const last = given.at(-1)
  const named: ReadonlyMap<unknown, unknown> = last instanceof Map ? last : new Map()
  const positional = last instanceof Map ? given.slice(0, -1) : given
  const find = (index: number, name: string) => positional[index] ?? named.get(name)
  return {
    positional,
    named,
    text: (index, name, fallback) => String(find(index, name) ?? fallback),
    number: (index, name, fallback) => {
      const value = Number(find(index, name) ?? fallback)
      if (Number.isFinite(value)) return value
      throw new Error(`the argument "${name}" must be a number`)
    },
    flag: (index, name) => find(index, name) === true,
  }
}

/** A missing value and `none` reach a filter alike; as text both are nothing. */
function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : pythonText(fromEngine(value))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
}

function escaped(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => ENTITIES[character] ?? character)
}

const INDENT_MAX = 10

function indentOf(args: FilterArguments): number | null {
  const indent = args.number(0, 'indent', 0)
  return indent === 0 ? null : Math.min(indent, INDENT_MAX)
}

function sum(value: unknown, args: FilterArguments): number {
  const items = fromEngine(value)
  if (!Array.isArray(items)) throw new Error('the filter "sum" needs a list')
  const attribute = args.text(0, 'attribute', '')
  return items.reduce((total: number, item) => total + addend(item, attribute), args.number(1, 'start', 0))
}

function addend(item: unknown, attribute: string): number {
  let value = item
  for (const part of attribute === '' ? [] : attribute.split('.')) {
    value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined
  }
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value)
  throw new Error(
    `the filter "sum" adds numbers; ${attribute === '' ? 'an item' : `"${attribute}" of an item`} is not one`,
  )
}
