import { type Json, type JsonObject, parseInstant } from '@upon/engine'
import { nearest, RUN_STATE_NAMES, RUN_STATE_TYPES } from '@upon/sdk'
import { InvalidArgumentError } from 'commander'

/** Readers of option values; each throws what commander shows beside the option. */

/** For options that may be given several times. */
export const append = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
]

export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && Number.isSafeInteger(value)) return value
    throw new InvalidArgumentError(`Expected a whole number from ${min}.`)
  }
}

/** A whole number, or `none`; commander takes a null for an option without a value. */
export type Limit = number | 'none'

export function limit(text: string): Limit {
  return text === 'none' ? text : wholeNumber(0)(text)
}

export const limitValue = (given: Limit): number | null => (given === 'none' ? null : given)

export function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('Expected a number of seconds above 0.')
}

export function instant(text: string): string {
  if (parseInstant(text) !== null) return text
  throw new InvalidArgumentError('Expected an ISO 8601 date and time, such as 2026-01-31T08:00:00Z.')
}

/** `key=value`, collected; the value may hold more "=". */
export function pairs(text: string, before: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const at = text.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('Expected key=value.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

/** `key=value`, collected; the value is JSON where it reads as JSON, else text. */
export function jsonPairs(text: string, before: JsonObject | undefined): JsonObject {
  const [[key, value] = ['', '']] = Object.entries(pairs(text, undefined))
  return { ...before, [key]: jsonOrText(value) }
}

/** `41` is a number and `{"a": 1}` an object; what is no JSON is text, so that it needs no quotes. */
export function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const RUN_STATES: readonly string[] = [...RUN_STATE_TYPES, ...RUN_STATE_NAMES]

/** States of runs in any case, collected: `running`, `Running` and `RUNNING` are the same. */
export function runStates(text: string, before: readonly string[] | undefined): readonly string[] {
  const wanted = text.toLowerCase()
  const state = RUN_STATES.find((known) => known.toLowerCase() === wanted)
  if (state !== undefined) return append(state, before)
  const suggestion = nearest(
    wanted,
    RUN_STATES.map((known) => known.toLowerCase()),
  )
  const hint = suggestion === null ? `one of ${RUN_STATES.join(', ')}` : suggestion
  throw new InvalidArgumentError(`Expected ${hint}.`)
}
