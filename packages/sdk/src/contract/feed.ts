import { z } from 'zod'
import { eventSchema } from './event.ts'
import { launchSchema } from './launch.ts'
import { queryInteger } from './query.ts'
import { runSchema } from './run.ts'
import { countSchema, idSchema, instantSchema } from './scalar.ts'

export const observationSchema = z
  .object({
    automation: z.object({ id: idSchema, key: z.string() }).nullable().describe('null when it concerns no single one.'),
    reason: z.string().describe('Such as `late`, `held` or `key-limit`.'),
    detail: z.string(),
    event_id: idSchema,
    event_position: countSchema,
    at: instantSchema,
  })
  .meta({ id: 'Observation', description: 'Something seen and not counted, with its reason.' })
export interface Observation extends z.output<typeof observationSchema> {}

export const feedMessageSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('event'), event: eventSchema }).meta({ id: 'EventMessage' }),
    z.object({ kind: z.literal('launch'), launch: launchSchema }).meta({ id: 'LaunchMessage' }),
    z.object({ kind: z.literal('run'), run: runSchema }).meta({ id: 'RunMessage' }),
    z.object({ kind: z.literal('observation'), observation: observationSchema }).meta({ id: 'ObservationMessage' }),
  ])
  .meta({ id: 'FeedMessage', description: 'One line of the live feed: what it says is how things are now.' })
export type FeedMessage = z.output<typeof feedMessageSchema>

export const feedQuerySchema = z.strictObject({
  after_position: queryInteger({ min: 0 })
    .optional()
    .describe('First the events later in the log than this, then live; only live when left out.'),
})
