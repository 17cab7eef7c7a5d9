import { z } from 'zod'
import { automationSchema, warningSchema } from './automation.ts'
import { deploymentInputSchema, deploymentSchema } from './deployment.ts'
import { deploymentTriggerSchema } from './grammar.ts'

/** Most deployments one request may bring. */
export const DEPLOYMENTS_PER_DEPLOY_MAX = 500
/** Most triggers one deployment may have. */
export const TRIGGERS_PER_DEPLOYMENT_MAX = 100

export const deployItemSchema = deploymentInputSchema
  .extend({
    triggers: z
      .array(deploymentTriggerSchema)
      .max(TRIGGERS_PER_DEPLOYMENT_MAX)
      .default([])
      .describe('All it has: an automation of an earlier deploy that is not among them is removed.'),
  })
  .meta({ id: 'DeployItem' })

export const deployInputSchema = z
  .strictObject({
    deployments: z.array(deployItemSchema).min(1).max(DEPLOYMENTS_PER_DEPLOY_MAX),
    create_missing_work_pools: z.boolean().default(true).describe('As type `process`.'),
    dry_run: z.boolean().default(false).describe('Only say what would change.'),
  })
  .meta({ id: 'DeployInput', description: 'Deployments with their triggers, applied as one.' })
export interface DeployInput extends z.input<typeof deployInputSchema> {}
export interface ParsedDeploy extends z.output<typeof deployInputSchema> {}

export const changeSchema = z.enum(['created', 'updated', 'unchanged', 'removed'])
export type Change = z.output<typeof changeSchema>

export const deployAnswerSchema = z
  .object({
    deployments: z.array(
      z.object({ deployment: deploymentSchema, change: z.enum(['created', 'updated', 'unchanged']) }),
    ),
    work_pools: z.array(z.object({ name: z.string(), type: z.string(), change: z.enum(['created', 'unchanged']) })),
    work_queues: z
      .array(z.object({ name: z.string(), work_pool: z.string(), change: z.enum(['created']) }))
      .describe('Queues that were missing.'),
    automations: z.array(
      z.object({
        automation: automationSchema,
        change: changeSchema,
        deployment: z.string().describe('`flow/name` of its owner.'),
      }),
    ),
    warnings: z.array(warningSchema),
  })
  .meta({ id: 'DeployAnswer' })
export interface DeployAnswer extends z.output<typeof deployAnswerSchema> {}
