import type { JsonObject } from '@upon/engine'
import type { TemplateErrorCode } from './template-error.ts'

/** One rendering asked of the thread. */
export interface RenderRequest {
  readonly source: string
  readonly values: JsonObject
}

export type RenderResponse =
  /** `missing`: numbers of the outputs that were printed as nothing because they were undefined. */
  | { readonly kind: 'rendered'; readonly text: string; readonly missing: readonly number[] }
  | { readonly kind: 'failed'; readonly code: TemplateErrorCode; readonly message: string }
  /** The engine is out of memory or otherwise unusable: this thread must be replaced. */
  | { readonly kind: 'broken'; readonly message: string }

/** The thread says this once, when it can take requests. */
export const READY = 'ready'
