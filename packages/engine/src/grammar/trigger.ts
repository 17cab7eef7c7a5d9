import { z } from 'zod'
import type { Instant } from '../instant.ts'
import { durationSchema, secondsToMicros } from './duration.ts'
import { isAlias, storedLabel } from './labels.ts'
import { shortJson, strictObject, type Validated, validate } from './problem.ts'

/** Label name to the values it may have (OR); all labels must hold (AND). */
export type LabelSpec = Readonly<Record<string, readonly string[]>>

/** A trigger in its stored form: every default filled in, durations in microseconds, sets sorted. */
export type Trigger = EventTrigger

export interface EventTrigger {
  readonly type: 'event'
  readonly match: LabelSpec
  readonly matchRelated: readonly LabelSpec[]
  readonly after: readonly string[]
  readonly expect: readonly string[]
  readonly forEach: readonly string[]
  readonly posture: 'Reactive'
  readonly threshold: number
  readonly within: Instant
}

/** Labels of one specification, values of one label, specifications, names: entries of any one list. */
export const TRIGGER_LIST_MAX = 1_000
/** UTF-16 units of one pattern or name, which bounds the work of matching one value. */
export const PATTERN_CHARS_MAX = 4_096

const TOO_MANY = { error: `must have at most ${TRIGGER_LIST_MAX} entries` }

const text = z.string().max(PATTERN_CHARS_MAX, { error: `must be at most ${PATTERN_CHARS_MAX} characters` })

const labelValues = z.union([text, z.array(text).max(TRIGGER_LIST_MAX, TOO_MANY)], {
  error: (issue) => (issue.code === 'invalid_union' ? 'must be text or a list of text' : undefined),
})

export const labelSpecSchema = z
  .record(text, labelValues)
  .refine((spec) => Object.keys(spec).length <= TRIGGER_LIST_MAX, TOO_MANY)
  .superRefine((spec, context) => {
    const twice = Object.keys(spec).find((label) => isAlias(label) && Object.hasOwn(spec, storedLabel(label)))
    if (twice === undefined) return
    context.addIssue({
      code: 'custom',
      path: [twice],
      message: `is another name of ${storedLabel(twice)}, which is given too`,
    })
  })
  .overwrite((spec) => Object.fromEntries(Object.entries(spec).map(([label, values]) => [storedLabel(label), values])))
  .meta({
    title: 'Label specification',
    description:
      'Label name to the value, or list of values, it may have. All labels must hold; any value of a list will do. A value is a ' +
      'pattern: `*` any text, `?` one character, `[abc]` a class, a leading `!` negates. A label the resource lacks never holds.',
    examples: [{ 'prefect.resource.id': 'my.external.resource' }, { env: ['prod', 'stage-*'], team: '!web' }],
  })

const textSet = z
  .array(text)
  .max(TRIGGER_LIST_MAX, TOO_MANY)
  .overwrite((values) => [...new Set(values)].sort())

const RELATED_PREFIX = 'related:'

function storedForEach(labels: string[]): string[] {
  const stored = labels.map((name) => {
    const cut = name.startsWith(RELATED_PREFIX) ? name.lastIndexOf(':') + 1 : 0
    return name.slice(0, cut) + storedLabel(name.slice(cut))
  })
  return [...new Set(stored)].sort()
}

const integer = z
  .union([z.int(), z.string().regex(/^\s*[+-]?\d{1,15}\s*$/, 'must be an integer')], { error: 'must be an integer' })
  .transform(Number)
  .pipe(z.int())

const eventTriggerSchema = strictObject({
  type: z.literal('event').default('event').meta({ description: 'The kind of trigger.' }),
  id: z
    .string()
    .nullable()
    .optional()
    .meta({ description: "Accepted from Prefect's API and ignored.", deprecated: true }),
  match: labelSpecSchema.default({}).meta({
    description:
      "Labels the event's resource must have. `{}` matches every resource. `upon.resource.*` may be written for `prefect.resource.*`.",
  }),
  match_related: z
    .union([labelSpecSchema, z.array(labelSpecSchema).max(TRIGGER_LIST_MAX, TOO_MANY)], {
      error: (issue) => (issue.code === 'invalid_union' ? 'must be an object or a list of objects' : undefined),
    })
    .default({})
    .meta({
      description:
        'One label specification or a list of them; each must hold for at least one single related resource.',
    }),
  after: textSet.default([]).meta({
    description:
      'Names of events that arm the trigger; only an `expect` event after one of them counts. `*` stands for any text of at least one character.',
    examples: [['prefect.flow-run.Running']],
  }),
  expect: textSet.default([]).meta({
    description: 'Names of events that count. Empty: every event. `*` stands for any text of at least one character.',
    examples: [['external.resource.pinged'], ['prefect.flow-run.*']],
  }),
  for_each: textSet
    .overwrite(storedForEach)
    .default([])
    .meta({
      description:
        'Label names; events are counted apart for each combination of their values. `related:<role>:<label>` reads a related resource.',
      examples: [['prefect.resource.id'], ['related:deployment:prefect.resource.name']],
    }),
  posture: z.literal('Reactive').default('Reactive').meta({ description: '`Reactive` fires when events happen.' }),
  threshold: integer.default(1).meta({ description: 'How many counted events it takes to fire.' }),
  within: z
    .union([z.number(), z.string()], { error: '`within` should be a valid timedelta' })
    .pipe(durationSchema)
    .pipe(z.number().min(0, { error: 'Input should be greater than or equal to 0 seconds' }))
    .default(0)
    .meta({
      description: 'The window in which they must happen: seconds, ISO 8601, `HH:MM:SS` or `1h 30m`. 0: no window.',
    }),
}).overwrite(({ id: _ignored, ...trigger }) => trigger)

const UNSUPPORTED_TYPES = ['compound', 'sequence', 'metric', 'schedule', 'webhook', 'notification']

/** Says in one sentence that a trigger is of a kind this version does not run, instead of listing each of its keys. */
function refuseUnsupported(input: unknown, context: z.RefinementCtx): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  const { type, posture }: { type?: unknown; posture?: unknown } = input
  const composite =
    type === undefined && 'triggers' in input ? ('require' in input ? 'compound' : 'sequence') : undefined
  const kind = UNSUPPORTED_TYPES.find((name) => name === (composite ?? type))
  if (kind !== undefined) return unsupported(context, 'type', `${kind} triggers are`)
  if (posture === 'Proactive' || posture === 'Metric')
    return unsupported(context, 'posture', `the posture ${shortJson(posture)} is`)
  return input
}

function unsupported(context: z.RefinementCtx, key: string, subject: string): never {
  context.addIssue({ code: 'custom', path: [key], message: `${subject} not supported yet in this version` })
  return z.NEVER
}

/** A trigger as people, files and Prefect's API write it; parsing it fills in every default. */
export const triggerSchema = z.nonoptional(z.preprocess(refuseUnsupported, eventTriggerSchema)).meta({
  id: 'Trigger',
  title: 'Trigger',
  description: 'When an automation fires: an event trigger.',
})

type LabelSpecJson = z.output<typeof labelSpecSchema>

/** A trigger as it is stored and answered: snake_case, every default filled in, `within` in seconds, sets sorted. */
export type TriggerJson = Omit<z.output<typeof triggerSchema>, 'id'>

/** Checks a trigger and brings it into its stored form. */
export function parseTrigger(input: unknown): Validated<TriggerJson> {
  return validate(triggerSchema, input)
}

/** Brings a stored trigger into the form the engine evaluates. */
export function compileTrigger(json: TriggerJson): Trigger {
  const related = Array.isArray(json.match_related) ? json.match_related : [json.match_related]
  return {
    type: 'event',
    match: compileSpec(json.match),
    matchRelated: related.map(compileSpec).filter((spec) => Object.keys(spec).length > 0),
    after: json.after,
    expect: json.expect,
    forEach: json.for_each,
    posture: json.posture,
    threshold: json.threshold,
    within: secondsToMicros(json.within),
  }
}

function compileSpec(spec: LabelSpecJson): LabelSpec {
  return Object.fromEntries(
    Object.entries(spec).map(([label, values]) => [label, typeof values === 'string' ? [values] : values]),
  )
}
