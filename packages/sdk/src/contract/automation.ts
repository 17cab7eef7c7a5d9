import { z } from 'zod'
import { actionSchema, actionsSchema } from './action.ts'
import { triggerSchema } from './grammar.ts'
import { pageQuery } from './page.ts'
import { queryBoolean, queryList } from './query.ts'
import { countSchema, idSchema, instantSchema, keySchema, nameSchema, tagsSchema } from './scalar.ts'

const ownerSchema = z
  .string()
  .max(1024)
  .nullable()
  .describe('What owns it, such as `prefect.deployment.<id>`: it is replaced and removed with its owner.')

const warningSchema = z
  .object({
    code: z.string().describe('For programs.'),
    path: z.string().describe('Where it is, such as `actions.0.parameters`.'),
    message: z.string().describe('In words.'),
  })
  .meta({ id: 'Warning', description: 'Accepted, but probably not what was meant.' })
export interface Warning extends z.output<typeof warningSchema> {}
export { warningSchema }

const conditionsSchema = z
  .array(z.never({ error: 'conditions are not supported in this version yet; leave the list empty' }))
  .max(0, { error: 'conditions are not supported in this version yet; leave the list empty' })

/** Members of a stored automation: sent back unedited they are accepted and change nothing. */
const ignored = {
  id: z.unknown().optional().describe('Ignored.'),
  created: z.unknown().optional().describe('Ignored.'),
  updated: z.unknown().optional().describe('Ignored.'),
  version: z.unknown().optional().describe('Ignored; use `If-Match` to change a certain version.'),
  warnings: z.unknown().optional().describe('Ignored.'),
}

export const automationInputSchema = z
  .strictObject({
    key: keySchema.optional().describe('Unique in its project; made from the name when left out.'),
    name: nameSchema.optional().describe('Free text; the key when left out.'),
    description: z.string().max(10_000).default('').describe('What it is for.'),
    tags: tagsSchema.default([]).describe('For filtering.'),
    enabled: z.boolean().default(true).describe('Whether it fires.'),
    trigger: triggerSchema,
    conditions: conditionsSchema.default([]).describe('Empty in this version.'),
    actions: actionsSchema.describe('Done when the trigger fires.'),
    actions_on_trigger: actionsSchema.default([]).describe('Done when it fires as Triggered.'),
    actions_on_resolve: actionsSchema.default([]).describe('Done when it fires as Resolved.'),
    owner_resource: ownerSchema.optional(),
    ...ignored,
  })
  .superRefine((automation, context) => {
    if (automation.key !== undefined || automation.name !== undefined) return
    context.addIssue({ code: 'custom', path: ['name'], message: 'an automation needs a name or a key' })
  })
  .meta({ id: 'AutomationInput', description: 'When something happens, do this.' })
export interface AutomationInput extends z.input<typeof automationInputSchema> {}
/** An automation as the server reads it: defaults filled in. */
export interface ParsedAutomation extends z.output<typeof automationInputSchema> {}

const definition = {
  key: z.string().describe('Unique in its project.'),
  name: z.string().describe('Free text.'),
  description: z.string(),
  tags: z.array(z.string()),
  enabled: z.boolean(),
  trigger: triggerSchema,
  conditions: z.array(z.never()).describe('Empty in this version.'),
  actions: z.array(actionSchema),
  actions_on_trigger: z.array(actionSchema),
  actions_on_resolve: z.array(actionSchema),
}

export const automationDocumentSchema = z
  .object(definition)
  .meta({ id: 'AutomationDocument', description: 'An automation as files hold it.' })
export interface AutomationDocument extends z.output<typeof automationDocumentSchema> {}

export const automationSchema = z
  .object({
    id: idSchema,
    ...definition,
    version: countSchema.describe('Raised by each change; also the ETag.'),
    owner_resource: ownerSchema,
    created: instantSchema,
    updated: instantSchema,
    warnings: z.array(warningSchema).describe('What looks wrong with it.'),
  })
  .meta({ id: 'Automation', description: 'A stored automation, every default filled in.' })
export interface Automation extends z.output<typeof automationSchema> {}

/** How other resources name an automation. */
export const automationRefSchema = z
  .object({ id: idSchema, key: z.string(), name: z.string(), version: countSchema })
  .meta({ id: 'AutomationRef' })
export interface AutomationRef extends z.output<typeof automationRefSchema> {}

export const automationPatchSchema = z
  .strictObject({
    enabled: z.boolean().optional(),
    name: nameSchema.optional(),
    description: z.string().max(10_000).optional(),
    tags: tagsSchema.optional(),
  })
  .meta({ id: 'AutomationPatch', description: 'The members to change.' })
export interface AutomationPatch extends z.input<typeof automationPatchSchema> {}

const filter = {
  key: queryList(z.string().min(1)).optional().describe('Key.'),
  name: queryList(z.string().min(1)).optional().describe('Name.'),
  tag: queryList(z.string().min(1)).optional().describe('Has all of these tags.'),
  enabled: queryBoolean().optional(),
  owner: z.string().optional().describe('Owned by this resource, such as `prefect.deployment.<id>`.'),
  deployment: z.string().optional().describe('Owned by, or runs, this deployment: `flow/name`, key or id.'),
}

export const automationCountQuerySchema = z.strictObject(filter)
export const automationsQuerySchema = z.strictObject({ ...filter, ...pageQuery })
export interface AutomationsQuery extends z.output<typeof automationsQuerySchema> {}

export const automationWindowSchema = z
  .object({
    trigger_path: z.string().describe('The trigger inside the automation; empty for the root.'),
    key: z.string().describe('Values of `for_each`; empty without.'),
    labels: z.record(z.string(), z.string()).describe('`for_each` label to value.'),
    start: instantSchema,
    end: instantSchema,
    count: z.int(),
    threshold: z.int(),
    last_event_id: idSchema.nullable(),
  })
  .meta({ id: 'Window', description: 'How far a trigger has counted.' })
export interface AutomationWindow extends z.output<typeof automationWindowSchema> {}
