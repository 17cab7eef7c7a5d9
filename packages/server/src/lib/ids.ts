import { v5, v7 } from 'uuid'

const NAMESPACE = 'b5a6f2de-6a64-4d0c-9a51-1f5d0f6a2c11'

/** A new id that sorts by the time it was made. */
export const newId = (): string => v7()

/** The id that follows from a cause: the same parts always give the same id. */
export const derivedId = (...parts: readonly (string | number)[]): string => v5(JSON.stringify(parts), NAMESPACE)
