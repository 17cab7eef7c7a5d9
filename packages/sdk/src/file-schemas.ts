import type { JsonObject } from '@upon/engine'
import type { z } from 'zod'
import { applyDocumentSchema } from './contract/apply.ts'
import { automationInputSchema } from './contract/automation.ts'
import { deployInputSchema } from './contract/deploy.ts'
import { eventInputSchema } from './contract/event.ts'
import { jsonSchema } from './openapi-schemas.ts'

/** The formats people write in files; served at `/api/v1/schemas/<name>.json` for editors. */
export const fileFormats = {
  automation: applyDocumentSchema,
  'automation-input': automationInputSchema,
  deploy: deployInputSchema,
  event: eventInputSchema,
} as const satisfies Record<string, z.ZodType>

export type FileFormat = keyof typeof fileFormats

/** The JSON Schema of a file format, as `yaml-language-server` reads it; `id` is where it is served. */
export function fileSchema(format: FileFormat, id?: string): JsonObject {
  const schema = jsonSchema(fileFormats[format], { direction: 'input', closed: true })
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...(id !== undefined && { $id: id }), ...schema }
}

export function isFileFormat(name: string): name is FileFormat {
  return Object.hasOwn(fileFormats, name)
}
