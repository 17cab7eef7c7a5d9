import { eventNameProblem, relatedResourceSchema, resourceSchema } from '@upon/engine'
import { z } from 'zod'
import type { Schema } from '../route.ts'
import { automationTarget, deploymentTarget, selectedOrInferred } from './action-target.ts'
import { unknownActionMessage } from './action-type.ts'
import { durationSchema } from './grammar.ts'
import { jsonObjectSchema, jsonValueSchema } from './scalar.ts'

/** Most actions one list of an automation may have. */
export const ACTIONS_MAX = 50
/** Most attempts after the first that `retry` may ask for. */
export const RETRY_ATTEMPTS_MAX = 50
/** Longest wait for the answer of a called URL, in seconds. */
export const WEBHOOK_TIMEOUT_SECONDS_MAX = 300

const retrySchema = z
  .strictObject({
    attempts: z.int().min(0).max(RETRY_ATTEMPTS_MAX).describe('How often to try again after a failure.'),
    delay: durationSchema.optional().describe('Wait before the first new attempt; doubled each time.'),
    max_delay: durationSchema.optional().describe('Longest wait between attempts.'),
  })
  .meta({ id: 'ActionRetry' })

const common = {
  name: z.string().max(255).optional().describe('What to call this action in the launch log.'),
  on_error: z.enum(['continue', 'stop']).default('stop').describe('What becomes of the later actions when it fails.'),
  retry: retrySchema.optional().describe('How failures are retried.'),
}

const source = z
  .enum(['selected', 'inferred'])
  .default('selected')
  .describe('`selected` names the target; `inferred` takes it from the triggering event.')

const runDeploymentSchema = z
  .strictObject({
    type: z.literal('run-deployment'),
    ...common,
    source,
    ...deploymentTarget,
    parameters: jsonObjectSchema.nullish().describe('Parameters of the run; text is a template.'),
    job_variables: jsonObjectSchema.nullish().describe('Overrides for the infrastructure of the run.'),
    schedule_after: durationSchema.prefault(0).describe('Start the run this much later.'),
  })
  .superRefine(selectedOrInferred('deployment'))
  .meta({ id: 'RunDeploymentAction', description: 'Creates a run of a deployment.' })
export interface RunDeploymentAction extends z.output<typeof runDeploymentSchema> {}
export interface RunDeploymentActionInput extends z.input<typeof runDeploymentSchema> {}

const pauseDeploymentSchema = z
  .strictObject({ type: z.literal('pause-deployment'), ...common, source, ...deploymentTarget })
  .superRefine(selectedOrInferred('deployment'))
  .meta({ id: 'PauseDeploymentAction', description: 'Stops the schedules of a deployment.' })
export interface PauseDeploymentAction extends z.output<typeof pauseDeploymentSchema> {}
export interface PauseDeploymentActionInput extends z.input<typeof pauseDeploymentSchema> {}

const resumeDeploymentSchema = z
  .strictObject({ type: z.literal('resume-deployment'), ...common, source, ...deploymentTarget })
  .superRefine(selectedOrInferred('deployment'))
  .meta({ id: 'ResumeDeploymentAction', description: 'Starts the schedules of a deployment again.' })
export interface ResumeDeploymentAction extends z.output<typeof resumeDeploymentSchema> {}
export interface ResumeDeploymentActionInput extends z.input<typeof resumeDeploymentSchema> {}

const pauseAutomationSchema = z
  .strictObject({ type: z.literal('pause-automation'), ...common, source, ...automationTarget })
  .superRefine(selectedOrInferred('automation'))
  .meta({ id: 'PauseAutomationAction', description: 'Disables an automation.' })
export interface PauseAutomationAction extends z.output<typeof pauseAutomationSchema> {}
export interface PauseAutomationActionInput extends z.input<typeof pauseAutomationSchema> {}

const resumeAutomationSchema = z
  .strictObject({ type: z.literal('resume-automation'), ...common, source, ...automationTarget })
  .superRefine(selectedOrInferred('automation'))
  .meta({ id: 'ResumeAutomationAction', description: 'Enables an automation.' })
export interface ResumeAutomationAction extends z.output<typeof resumeAutomationSchema> {}
export interface ResumeAutomationActionInput extends z.input<typeof resumeAutomationSchema> {}

const callWebhookSchema = z
  .strictObject({
    type: z.literal('call-webhook'),
    ...common,
    block_document_id: z
      .undefined({
        error: 'webhook blocks are known in Prefect, not supported in this version yet: give the "url" itself',
      })
      .optional(),
    url: z.string().min(1).describe('Where to send the request; a template.'),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
    headers: z.record(z.string(), z.string()).optional().describe('Request headers; values are templates.'),
    json: jsonValueSchema.optional().describe('Body sent as JSON; text inside is a template.'),
    body: z.string().optional().describe('Body sent as it is; a template.'),
    payload: z
      .union([z.string(), jsonObjectSchema])
      .optional()
      .describe('Another name for `body` (text) or `json` (object).'),
    timeout: durationSchema
      .pipe(z.number().max(WEBHOOK_TIMEOUT_SECONDS_MAX))
      .optional()
      .describe('How long to wait for the answer.'),
  })
  .superRefine((action, context) => {
    const given = (['json', 'body', 'payload'] as const).filter((name) => action[name] !== undefined)
    const [, second] = given
    if (second === undefined) return
    context.addIssue({ code: 'custom', path: [second], message: `give one of ${given.join(' and ')}, not both` })
  })
  .meta({ id: 'CallWebhookAction', description: 'Sends an HTTP request.' })
export interface CallWebhookAction extends z.output<typeof callWebhookSchema> {}
export interface CallWebhookActionInput extends z.input<typeof callWebhookSchema> {}

const emitEventSchema = z
  .strictObject({
    type: z.literal('emit-event'),
    ...common,
    event: z.string().min(1).max(1024).describe('Name of the event; a template.'),
    resource: z.record(z.string(), z.string()).describe('Labels; `prefect.resource.id` is required.'),
    related: z.array(z.record(z.string(), z.string())).max(100).optional(),
    payload: jsonObjectSchema.optional().describe('Text inside is a template.'),
    follows: z.string().nullish().describe('Id of the event that comes before; the triggering event when left out.'),
  })
  .superRefine((action, context) => {
    const name = eventNameProblem(action.event)
    if (name !== null) context.addIssue({ code: 'custom', path: ['event'], message: name })
    // What a template makes of a label is known when it fires; that a label is missing is known now.
    const checks = [
      { path: ['resource'], checked: resourceSchema.safeParse(action.resource) },
      ...(action.related ?? []).map((labels, index) => ({
        path: ['related', index],
        checked: relatedResourceSchema.safeParse(labels),
      })),
    ]
    for (const { path, checked } of checks) {
      for (const { message } of checked.error?.issues ?? []) context.addIssue({ code: 'custom', path, message })
    }
  })
  .meta({ id: 'EmitEventAction', description: 'Records an event.' })
export interface EmitEventAction extends z.output<typeof emitEventSchema> {}
export interface EmitEventActionInput extends z.input<typeof emitEventSchema> {}

const doNothingSchema = z
  .strictObject({ type: z.literal('do-nothing'), ...common })
  .meta({ id: 'DoNothingAction', description: 'Only leaves a row in the launch log.' })
export interface DoNothingAction extends z.output<typeof doNothingSchema> {}
export interface DoNothingActionInput extends z.input<typeof doNothingSchema> {}

const anyActionSchema = z
  .discriminatedUnion(
    'type',
    [
      runDeploymentSchema,
      pauseDeploymentSchema,
      resumeDeploymentSchema,
      pauseAutomationSchema,
      resumeAutomationSchema,
      callWebhookSchema,
      emitEventSchema,
      doNothingSchema,
    ],
    { error: (issue) => unknownActionMessage(issue.input) },
  )
  .meta({ id: 'Action', description: 'What to do when an automation fires.' })

export type ActionInput =
  | RunDeploymentActionInput
  | PauseDeploymentActionInput
  | ResumeDeploymentActionInput
  | PauseAutomationActionInput
  | ResumeAutomationActionInput
  | CallWebhookActionInput
  | EmitEventActionInput
  | DoNothingActionInput
/** An action as it is stored: defaults filled in, durations in seconds. */
export type Action =
  | RunDeploymentAction
  | PauseDeploymentAction
  | ResumeDeploymentAction
  | PauseAutomationAction
  | ResumeAutomationAction
  | CallWebhookAction
  | EmitEventAction
  | DoNothingAction
/** One kind of action, such as `ActionOf<'run-deployment'>`. */
export type ActionOf<T extends Action['type']> = Extract<Action, { type: T }>

export const actionSchema: Schema<Action, ActionInput> = anyActionSchema

export const actionsSchema = z.array(actionSchema).max(ACTIONS_MAX)
