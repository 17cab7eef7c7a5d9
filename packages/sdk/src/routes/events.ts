import { z } from 'zod'
import {
  type Event,
  type EventCount,
  type Explanation,
  eventCountQuerySchema,
  eventCountSchema,
  eventSchema,
  eventStreamQuerySchema,
  eventsQuerySchema,
  explanationSchema,
  type IngestAnswer,
  ingestAnswerSchema,
  ingestBodySchema,
  ingestQuerySchema,
} from '../contract/event.ts'
import { type FeedMessage, feedMessageSchema, feedQuerySchema } from '../contract/feed.ts'
import { pageOf } from '../contract/page.ts'
import { idSchema } from '../contract/scalar.ts'
import { defineRoute, json, typed } from '../route.ts'
import { eventStream } from './part.ts'

const tag = 'events'
const scope = 'project'
const eventParams = typed(z.strictObject({ event: idSchema.describe('Id of the event.') }))

export const eventRoutes = {
  sendEvents: defineRoute({
    id: 'sendEvents',
    method: 'POST',
    path: '/api/v1/events',
    tag,
    scope,
    summary: 'Send events',
    description:
      'One event, an array, or one per line (NDJSON). Each stands alone: what became of it is in the answer. ' +
      'Accepted events are durable before the answer. Sending again with the same ids is safe.',
    query: typed(ingestQuerySchema),
    body: typed(ingestBodySchema),
    bodyTypes: ['application/json', 'application/x-ndjson'],
    responses: {
      200: json<IngestAnswer>('At least one event was accepted or known before.', ingestAnswerSchema),
    },
  }),
  listEvents: defineRoute({
    id: 'listEvents',
    method: 'GET',
    path: '/api/v1/events',
    tag,
    scope,
    summary: 'List events',
    query: typed(eventsQuerySchema),
    responses: { 200: json('Events in log order.', pageOf<Event>('EventPage', eventSchema)) },
  }),
  countEvents: defineRoute({
    id: 'countEvents',
    method: 'GET',
    path: '/api/v1/events/count',
    tag,
    scope,
    summary: 'Count events',
    query: typed(eventCountQuerySchema),
    responses: { 200: json<EventCount>('How many there are.', eventCountSchema) },
  }),
  streamEvents: defineRoute({
    id: 'streamEvents',
    method: 'GET',
    path: '/api/v1/events/stream',
    tag,
    scope,
    summary: 'Follow events',
    description: 'Server-sent events; the `id` of each message is the position to continue from.',
    query: typed(eventStreamQuerySchema),
    responses: { 200: eventStream('Events as they are recorded.') },
    stream: typed<Event, Event>(eventSchema),
  }),
  getEvent: defineRoute({
    id: 'getEvent',
    method: 'GET',
    path: '/api/v1/events/{event}',
    tag,
    scope,
    summary: 'Get an event',
    params: eventParams,
    responses: { 200: json<Event>('The event.', eventSchema) },
  }),
  explainEvent: defineRoute({
    id: 'explainEvent',
    method: 'GET',
    path: '/api/v1/events/{event}/explain',
    tag,
    scope,
    summary: 'Explain what an event did and did not launch',
    params: eventParams,
    responses: { 200: json<Explanation>('What each automation made of it.', explanationSchema) },
  }),
  streamFeed: defineRoute({
    id: 'streamFeed',
    method: 'GET',
    path: '/api/v1/stream',
    tag,
    scope,
    summary: 'Follow everything',
    description:
      'Events, launches, runs and observations as they change. The `id` of a message is the log position to continue from.',
    query: typed(feedQuerySchema),
    responses: { 200: eventStream('The live feed.') },
    stream: typed<FeedMessage, FeedMessage>(feedMessageSchema),
  }),
} as const
