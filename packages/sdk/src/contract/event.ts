import { eventSchema as newEventSchema } from '@upon/engine'
import { z } from 'zod'
import { pageQuery } from './page.ts'
import { problemSchema } from './problem.ts'
import { queryBoolean, queryInteger, queryList } from './query.ts'
import {
  countSchema,
  idSchema,
  instantInputSchema,
  instantSchema,
  jsonObjectSchema,
  traceparentSchema,
} from './scalar.ts'

/** Most events one request may send. */
export const EVENTS_PER_REQUEST_MAX = 10_000

const labelsSchema = z.record(z.string(), z.string())

export const eventInputSchema = z
  .strictObject({
    ...newEventSchema.shape,
    payload: jsonObjectSchema.optional().describe('Anything else worth knowing; available to templates.'),
  })
  .meta({ id: 'EventInput', description: 'An event to record.' })
export interface EventInput extends z.input<typeof eventInputSchema> {}

export const eventSchema = z
  .object({
    id: idSchema.describe('Identifies the event together with `source`.'),
    source: z.string().describe('Who sent it: `api`, or `upon` for what Upon raises itself.'),
    event: z.string().describe('Name of the event.'),
    occurred: instantSchema.describe('When it happened.'),
    received: instantSchema.describe('When it was recorded; strictly increasing in log order.'),
    position: countSchema.describe('Its place in the log.'),
    resource: labelsSchema.describe('Labels of what it happened to.'),
    related: z.array(labelsSchema).describe('Labels of other resources.'),
    payload: jsonObjectSchema.describe('Anything else worth knowing.'),
    follows: idSchema.nullable().describe('Id of an event known to come before this one.'),
    depth: countSchema.describe('Generations from the event that began the chain; 0 for one from outside.'),
    root_id: idSchema.describe('Id of the event that began the chain.'),
    traceparent: traceparentSchema,
  })
  .meta({ id: 'Event', description: 'A recorded event.' })
export interface Event extends z.output<typeof eventSchema> {}

const receiptSchema = z
  .object({
    index: countSchema.describe('Place in the request.'),
    id: idSchema.describe('Id of the event.'),
    position: countSchema.describe('Place in the log; of the first recording when it is a duplicate.'),
  })
  .meta({ id: 'EventReceipt' })

export const ingestAnswerSchema = z
  .object({
    accepted: z.array(receiptSchema).describe('Recorded durably before this answer.'),
    duplicates: z.array(receiptSchema).describe('Recorded before with the same id and content.'),
    rejected: z
      .array(z.object({ index: countSchema, problem: problemSchema }))
      .describe('Not recorded, each with its reason.'),
  })
  .meta({ id: 'IngestAnswer', description: 'What became of each event; every event stands alone.' })
export interface IngestAnswer extends z.output<typeof ingestAnswerSchema> {}

export const ingestBodySchema = z.union([eventInputSchema, z.array(eventInputSchema).max(EVENTS_PER_REQUEST_MAX)])

export const ingestQuerySchema = z.strictObject({
  atomic: queryBoolean().default(false).describe('Record all events of the request or none.'),
})

const eventFilter = {
  event: queryList(z.string().min(1)).optional().describe('Event name; a trailing `*` matches any ending. Repeatable.'),
  resource: queryList(z.string().min(1)).optional().describe('Id of the primary resource, or a prefix with `*`.'),
  related: queryList(z.string().min(1)).optional().describe('Id of any related resource, or a prefix with `*`.'),
  id: queryList(idSchema).optional().describe('Id of the event.'),
  since: instantInputSchema.optional().describe('Occurred at or after.'),
  until: instantInputSchema.optional().describe('Occurred at or before.'),
  after_position: queryInteger({ min: 0 }).optional().describe('Later in the log than this position.'),
  text: z.string().max(200).optional().describe('Text anywhere in the name, labels or payload.'),
}

export const eventsQuerySchema = z.strictObject({
  ...eventFilter,
  order: z.enum(['asc', 'desc']).default('desc').describe('Log order: newest first unless `asc`.'),
  ...pageQuery,
})
export interface EventsQuery extends z.output<typeof eventsQuerySchema> {}

export const eventCountQuerySchema = z.strictObject({
  ...eventFilter,
  by: z.enum(['event', 'resource', 'day', 'hour', 'minute']).optional().describe('Group the count.'),
})
export interface EventCountQuery extends z.output<typeof eventCountQuerySchema> {}

export const eventCountSchema = z
  .object({
    total: countSchema.describe('All events that match.'),
    groups: z
      .array(
        z.object({
          value: z.string().describe('Event name, resource id, or start of the interval.'),
          label: z.string().describe('How to show it.'),
          count: countSchema,
        }),
      )
      .describe('Largest first, or in time order; empty without `by`. At most 1,000.'),
  })
  .meta({ id: 'EventCount' })
export interface EventCount extends z.output<typeof eventCountSchema> {}

export const eventStreamQuerySchema = z.strictObject({
  event: eventFilter.event,
  resource: eventFilter.resource,
  related: eventFilter.related,
  after_position: queryInteger({ min: 0 })
    .optional()
    .describe('First everything later in the log than this, then live; only live when left out.'),
})
export interface EventStreamQuery extends z.output<typeof eventStreamQuerySchema> {}

export const explanationSchema = z
  .object({
    event: eventSchema,
    decided: z.boolean().describe('False while the engine has not reached the event yet.'),
    outcomes: z
      .array(
        z
          .object({
            automation: z.object({ id: idSchema, key: z.string(), name: z.string(), version: countSchema }),
            fired: z.boolean(),
            launch_id: idSchema.nullable(),
            reason: z.string().describe('Why it fired or did not, in words.'),
          })
          .meta({ id: 'Outcome' }),
      )
      .describe('Those that fired first, then the near misses, closest first.'),
  })
  .meta({ id: 'Explanation', description: 'What each automation made of one event.' })
export interface Explanation extends z.output<typeof explanationSchema> {}
