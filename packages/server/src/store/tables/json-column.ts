import type { Json } from '@upon/engine'

/** JSON is kept as text on every store, so that what was written is read back byte by byte. */
export const encode = (value: unknown): string => JSON.stringify(value)

/** Reads a column this store wrote; its type is the one that was written. */
export const decode = <T = Json>(text: string): T => JSON.parse(text)

export const flag = (value: boolean): number => (value ? 1 : 0)
