import type { Logger } from 'pino'

/** Structured log of the server; JSON lines unless the CLI makes them pretty. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
