import { z } from 'zod'
import type { NewEvent } from '../event/new-event.ts'
import { formatInstant, type Instant, parseInstant } from '../instant.ts'
import { isJsonObject } from '../json.ts'
import {
  DEFAULT_SOURCE,
  EVENT_NAME_CHARS_MAX,
  eventNameProblem,
  OWN_SOURCE,
  RELATED_RESOURCES_MAX,
  SOURCE_CHARS_MAX,
  TRACEPARENT,
  UUID,
} from './event-limits.ts'
import { fastEvent } from './fast-event.ts'
import { relatedResourceSchema, resourceSchema } from './labels.ts'
import { type Problem, strictObject, validate } from './problem.ts'

export interface ParseEventOptions {
  /** Gives an id to an event that brings none. */
  readonly newId: () => string
  /** When an event occurred that does not say so. */
  readonly now: Instant
  /** What a key that no event has does. @default 'refuse' */
  readonly unknownKeys?: 'refuse' | 'ignore'
}

export type ParsedEvent =
  | { readonly ok: true; readonly event: NewEvent }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const uuid = z
  .string()
  .overwrite((text) => text.toLowerCase())
  .regex(UUID, { error: 'must be a UUID such as 0193b0a5-7d2e-7c11-8f3a-2f6b1c9d4e5f' })

const eventName = z.string().superRefine((name, context) => {
  const problem = eventNameProblem(name)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

const shape = {
  id: uuid.optional().meta({
    description:
      'Identity of the event together with `source`; sending the same one again changes nothing. Default: a new UUID.',
  }),
  source: z
    .string()
    .min(1, { error: 'must not be empty' })
    .max(SOURCE_CHARS_MAX, { error: `must be at most ${SOURCE_CHARS_MAX} characters` })
    .refine((source) => !source.includes('\0'), { error: 'must not contain the character U+0000' })
    .refine((source) => source !== OWN_SOURCE, { error: '"upon" is reserved for events that Upon raises itself' })
    .optional()
    .meta({ description: 'Who tells of the event; ids are unique within it. Default: `api`.' }),
  event: eventName.meta({
    description: `The event's name, at most ${EVENT_NAME_CHARS_MAX} characters. Names under \`upon.\` are reserved.`,
    examples: ['external.resource.pinged'],
  }),
  occurred: z
    .string()
    .refine((text) => parseInstant(text) !== null, {
      error: 'must be an ISO 8601 date and time in the years 1970 to 2200, such as 2026-01-31T08:00:00Z',
    })
    .optional()
    .meta({
      description: 'When it happened, ISO 8601; without a zone it is read as UTC. Default: when it is received.',
      format: 'date-time',
    }),
  resource: resourceSchema.meta({ description: 'What the event is about: text labels with `prefect.resource.id`.' }),
  related: z
    .array(relatedResourceSchema)
    .max(RELATED_RESOURCES_MAX, { error: `The maximum number of related resources is ${RELATED_RESOURCES_MAX}` })
    .optional()
    .meta({ description: `Other resources that take part, each with a role; at most ${RELATED_RESOURCES_MAX}.` }),
  // Not a record: copying and checking every value of an open payload costs more than the rest of the event.
  payload: z.unknown().refine(isJsonObject, { error: 'must be an object' }).optional().meta({
    type: 'object',
    description: 'Anything else worth knowing, a JSON object; available to templates and conditions.',
  }),
  follows: uuid.nullable().optional().meta({
    description:
      'Id of an event known to precede this one: this one is evaluated after it, at the latest 15 minutes later.',
  }),
  traceparent: z
    .string()
    .regex(TRACEPARENT, { error: 'must be a W3C traceparent' })
    .nullable()
    .optional()
    .meta({ description: 'W3C trace context that the launched work continues.' }),
}

const DOCS = { id: 'Event', title: 'Event', description: 'A fact: something happened to a resource.' }

/** An event as it is sent to Upon. */
export const eventSchema = strictObject(shape).meta(DOCS)
const lenientEventSchema = z.object(shape)

/** Checks one event and fills in what it leaves out. Limits and messages are those of `eventSchema`. */
export function parseEvent(input: unknown, options: ParseEventOptions): ParsedEvent {
  const fast = fastEvent(input, options)
  if (fast !== null) return { ok: true, event: fast }
  const lost = lostLabels(input)
  if (lost.length > 0) return { ok: false, problems: lost }
  const lenient = options.unknownKeys === 'ignore'
  const result = validate(lenient ? lenientEventSchema : eventSchema, input)
  return result.ok ? { ok: true, event: withDefaults(result.value, options) } : result
}

// JSON may hold a label named `__proto__`, which object copies on the way would lose without a word.
function lostLabels(input: unknown): Problem[] {
  if (!isJsonObject(input)) return []
  const { resource, related } = input
  const resources = [{ path: 'resource', labels: resource }]
  if (Array.isArray(related)) {
    for (const [position, labels] of related.entries()) resources.push({ path: `related[${position}]`, labels })
  }
  return resources
    .filter(({ labels }) => isJsonObject(labels) && Object.hasOwn(labels, '__proto__'))
    .map(({ path }) => ({ path: `${path}.__proto__`, message: 'is not a possible label name' }))
}

function withDefaults(given: z.output<typeof eventSchema>, options: ParseEventOptions): NewEvent {
  const occurredText = given.occurred ?? formatInstant(options.now)
  return {
    id: given.id ?? options.newId(),
    source: given.source ?? DEFAULT_SOURCE,
    event: given.event,
    occurred: given.occurred === undefined ? options.now : (parseInstant(given.occurred) ?? options.now),
    occurredText,
    resource: given.resource,
    related: given.related ?? [],
    payload: isJsonObject(given.payload) ? given.payload : {},
    follows: given.follows ?? null,
    traceparent: given.traceparent ?? null,
  }
}
