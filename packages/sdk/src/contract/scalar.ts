import { isJsonObject, type Json, type JsonObject, parseInstant } from '@upon/engine'
import { z } from 'zod'

/** Small values every resource is composed of. */

export type { Json, JsonObject } from '@upon/engine'

/** Longest key and name, in characters. */
export const NAME_CHARS_MAX = 255

export const idSchema = z.guid({ error: 'expected a UUID such as 018f3b1e-7c1a-7000-8000-000000000000' })

export const instantSchema = z.iso.datetime().describe('ISO 8601 in UTC, up to microseconds.')

/** What a request may say for a moment: with an offset, or without one (read as UTC). */
export const instantInputSchema = z
  .string()
  .refine((text) => parseInstant(text) !== null, {
    error: 'must be an ISO 8601 date and time in the years 1970 to 2200, such as 2026-01-31T08:00:00Z',
  })
  .meta({ format: 'date-time', description: 'ISO 8601; without an offset it is read as UTC.' })

export const nameSchema = z
  .string()
  .min(1)
  .max(NAME_CHARS_MAX)
  .refine((name) => name.trim() === name, { error: 'a name neither starts nor ends with white space' })

export const keySchema = z
  .string()
  .min(1)
  .max(NAME_CHARS_MAX)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, {
    error: 'a key has lower-case letters, digits, ".", "_" and "-", and starts with a letter or digit',
  })

export const tagsSchema = z.array(z.string().min(1).max(NAME_CHARS_MAX)).max(100)

export const jsonValueSchema = z.custom<Json>((value) => value !== undefined, { error: 'expected a JSON value' })

// Not a record: what a body brings is JSON already, and copying each value of it costs more than all other checks.
export const jsonObjectSchema = z
  .custom<JsonObject>(isJsonObject, { error: 'must be an object' })
  .meta({ type: 'object', additionalProperties: true })

export const countSchema = z.int().nonnegative()

/** The W3C trace context header of the causal chain, or null. */
export const traceparentSchema = z.string().nullable().describe('W3C trace context that continues here, or null.')

/** The key for a free-text name: `My flow (EU)` becomes `my-flow-eu`. Empty when nothing usable is left. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, NAME_CHARS_MAX)
}
