import { isJsonObject, type Json } from '@upon/engine'

/** `{{ name }}` with a name of word characters, dots, dashes, brackets or a leading `$`; all else is plain text. */
const PLACEHOLDER = /\{\{\s*([\w.\-[\]$]+)\s*\}\}/g

export interface Placeholder {
  /** As it is written, braces included. */
  readonly text: string
  readonly kind: 'env' | 'variable' | 'block' | 'context' | 'plain'
  /** What is named: an environment variable, a variable, or a path such as `build-image.image`. */
  readonly name: string
}

const PREFIXES = [
  ['$', 'env'],
  ['prefect.variables.', 'variable'],
  ['prefect.blocks.', 'block'],
  ['ctx.', 'context'],
] as const

/** The placeholders of a text, in order. */
export function placeholdersIn(text: string): Placeholder[] {
  return [...text.matchAll(PLACEHOLDER)].map(([whole, path = '']) => {
    const [prefix, kind] = PREFIXES.find(([start]) => path.startsWith(start)) ?? ['', 'plain']
    return { text: whole, kind, name: path.slice(prefix.length) }
  })
}

/** The member at `a.b[0].c`, or undefined. */
export function valueAtPath(value: Json, path: string): Json | undefined {
  let here: Json | undefined = value
  for (const part of path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')) {
    if (Array.isArray(here)) here = here[Number(part)]
    else if (isJsonObject(here) && Object.hasOwn(here, part)) here = here[part]
    else return undefined
  }
  return here
}

/** A value as it reads inside a longer text. */
export const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
