import { type SqlBool, sql } from 'kysely'

// Spelled out rather than bound, since partial indexes are only used for conditions known before the values are.

/** Waits to be started. */
export const SCHEDULED = sql<SqlBool>`state_type = 'SCHEDULED'`

/** Takes a slot of its deployment, queue and pool. */
export const ACTIVE = sql<SqlBool>`state_type IN ('PENDING', 'RUNNING', 'CANCELLING')`
