import type { Json } from '@upon/engine'
import { z } from 'zod'

const warnings = z.array(z.string()).default([])

const shimReport = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('returned'), result: z.custom<Json>((value) => value !== undefined), warnings }),
  z.object({
    outcome: z.literal('raised'),
    type: z.string(),
    message: z.string(),
    traceback: z.string().nullable().default(null),
    warnings,
  }),
])

/** What a shim writes into `report.json` when the user's function ended. */
export type ShimReport = z.infer<typeof shimReport>

/** Null when the text is not a report: the user's code can reach the file too. */
export function parseShimReport(text: string): ShimReport | null {
  try {
    return shimReport.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
