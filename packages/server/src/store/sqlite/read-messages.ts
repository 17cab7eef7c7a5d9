import type { SqlRow, SqlValue } from './driver.ts'

/** One statement for the reading thread. */
export interface ReadRequest {
  readonly id: number
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export type ReadAnswer =
  | { readonly id: number; readonly rows: SqlRow[] }
  | { readonly id: number; readonly failed: { readonly message: string; readonly errcode: number } }

/** Asks the thread to end once it is done with what came before: one ended amid a statement takes the process along. */
export const CLOSE = 'close'
