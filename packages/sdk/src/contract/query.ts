import { z } from 'zod'

/** Values of a query string: always text on the wire, typed on both sides of it. */

/** Most values one repeatable query parameter may have. */
export const QUERY_VALUES_MAX = 100

export function queryInteger(range: { min: number; max?: number }) {
  const digits = z.string().regex(/^\d{1,15}$/)
  return z.union([z.number(), digits.transform(Number)], { error: 'expected a whole number' }).pipe(
    z
      .int()
      .min(range.min)
      .max(range.max ?? Number.MAX_SAFE_INTEGER),
  )
}

export function queryBoolean() {
  return z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
      error: 'expected true or false',
    })
    .pipe(z.boolean())
}

/** A parameter that may be given several times; any of its values may match. */
export function queryList<T extends string>(item: z.ZodType<T, string>) {
  return z.union([z.string().transform((one) => [one]), z.array(z.string())]).pipe(z.array(item).max(QUERY_VALUES_MAX))
}
