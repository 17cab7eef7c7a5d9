import { z } from 'zod'
import { automationDocumentSchema, automationInputSchema, warningSchema } from './automation.ts'
import { changeSchema } from './deploy.ts'
import { jsonValueSchema, keySchema } from './scalar.ts'

/** Most documents one request may bring. */
export const DOCUMENTS_PER_APPLY_MAX = 10_000

export const applyDocumentSchema = automationInputSchema
  .safeExtend({ key: keySchema.describe('Says which automation it is; files name it.') })
  .meta({ id: 'ApplyDocument', description: 'An automation as a file holds it.' })

export const applyInputSchema = z
  .strictObject({
    documents: z.array(applyDocumentSchema).max(DOCUMENTS_PER_APPLY_MAX),
    prune: z.boolean().default(false).describe('Remove automations that are in no document and that nothing owns.'),
    dry_run: z.boolean().default(false).describe('Only say what would change.'),
  })
  .meta({ id: 'ApplyInput', description: 'The automations as they should be, applied as one.' })
export interface ApplyInput extends z.input<typeof applyInputSchema> {}
export interface ParsedApply extends z.output<typeof applyInputSchema> {}

export const applyChangeSchema = z
  .object({
    kind: z.literal('automation'),
    key: z.string(),
    change: changeSchema,
    diff: z
      .array(
        z.object({
          path: z.string(),
          from: jsonValueSchema.optional().describe('Absent when it was not there.'),
          to: jsonValueSchema.optional().describe('Absent when it is gone.'),
        }),
      )
      .optional()
      .describe('What differs, for `updated`.'),
    warnings: z.array(warningSchema).optional().describe('What is valid and probably not meant.'),
  })
  .meta({ id: 'ApplyChange' })
export interface ApplyChange extends z.output<typeof applyChangeSchema> {}

export const applyAnswerSchema = z.object({ changes: z.array(applyChangeSchema) }).meta({ id: 'ApplyAnswer' })
export interface ApplyAnswer extends z.output<typeof applyAnswerSchema> {}

export const exportAnswerSchema = z.array(automationDocumentSchema)
