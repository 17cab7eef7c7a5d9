import { isJsonObject, type Json, type JsonObject } from '@upon/engine'
import { type Placeholder, placeholdersIn, textOf, valueAtPath } from './placeholder.ts'
import { joinPath, type Reporter } from './report.ts'

export interface FillIn {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Looks variables up; null leaves `{{ prefect.… }}` as it is. */
  readonly variable: ((name: string) => Promise<Json | undefined>) | null
  /** What build and push steps are known to give; null leaves plain placeholders for the run to fill in. */
  readonly outputs: JsonObject | null
  /** Where a value that cannot be filled in is told; null tells nobody. */
  readonly reporter: Reporter | null
  /** Whether a deployment would mean something else without the value at a path, so that dropping it is an error. */
  readonly needed: (path: string) => boolean
}

/** What stands for a placeholder; `keep` leaves it as it is written. */
type Filled = { readonly value: Json } | { readonly keep: true } | { readonly missing: string }

/**
 * Fills in the placeholders of a value. A text that is exactly one placeholder takes its value with its type, or is
 * dropped when there is none (undefined); inside longer text a missing value is empty.
 */
export async function fillIn(value: Json, path: string, fill: FillIn): Promise<Json | undefined> {
  if (typeof value === 'string') return fillText(value, path, fill)
  if (Array.isArray(value)) return fillList(value, path, fill)
  if (!isJsonObject(value)) return value
  const reference = value.$ref
  if (isJsonObject(reference) && 'block_document_id' in reference) {
    return unresolved(path, 'Upon has no blocks, so this reference to one', fill)
  }
  const members: [string, Json][] = []
  for (const [key, member] of Object.entries(value)) {
    const filled = await fillIn(member, joinPath(path, key), fill)
    if (filled !== undefined) members.push([key, filled])
  }
  return Object.fromEntries(members)
}

async function fillList(list: readonly Json[], path: string, fill: FillIn): Promise<Json> {
  const items: Json[] = []
  for (const [index, item] of list.entries()) {
    const filled = await fillIn(item, `${path}[${index}]`, fill)
    if (filled !== undefined) items.push(filled)
  }
  return items
}

async function fillText(text: string, path: string, fill: FillIn): Promise<Json | undefined> {
  const placeholders = placeholdersIn(text)
  const [only] = placeholders
  if (only?.text === text) {
    const filled = await lookUp(only, fill)
    if ('missing' in filled) return unresolved(path, filled.missing, fill)
    return 'keep' in filled ? text : filled.value
  }
  let filledText = text
  for (const placeholder of placeholders) {
    const filled = await lookUp(placeholder, fill)
    if ('keep' in filled) continue
    if ('missing' in filled) unresolved(path, filled.missing, fill)
    const replacement = 'value' in filled ? textOf(filled.value) : ''
    filledText = filledText.replace(placeholder.text, () => replacement)
  }
  return filledText
}

function unresolved(path: string, why: string, { reporter, needed }: FillIn): undefined {
  if (needed(path)) reporter?.problem({ path, message: why })
  else reporter?.notice('dropped', path, `${why}: left out`)
  return undefined
}

async function lookUp({ kind, name, text }: Placeholder, fill: FillIn): Promise<Filled> {
  if (kind === 'env') {
    const value = fill.env[name]
    return value === undefined ? { missing: `the environment variable ${name} is not set` } : { value }
  }
  if (kind === 'variable' || kind === 'block') {
    if (fill.variable === null) return { keep: true }
    if (kind === 'block') {
      return { missing: `Upon has no blocks, so ${text} has no value (use a variable, or an environment variable)` }
    }
    const value = await fill.variable(name)
    return value === undefined ? { missing: `there is no variable "${name}"` } : { value }
  }
  return kind === 'context' || fill.outputs === null ? { keep: true } : stepOutput(name, fill.outputs, fill.env)
}

function stepOutput(name: string, outputs: JsonObject, env: FillIn['env']): Filled {
  const value = valueAtPath(outputs, name)
  if (value !== undefined) return { value }
  const hint = env[name] === undefined ? '' : ` (the environment variable is {{ $${name} }})`
  return { missing: `{{ ${name} }} has no value: build and push steps are not run${hint}` }
}
