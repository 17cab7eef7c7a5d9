import { z } from 'zod'
import {
  type DeployAnswer,
  type DeployInput,
  deployAnswerSchema,
  deployInputSchema,
  type ParsedDeploy,
} from '../contract/deploy.ts'
import {
  type Deployment,
  type DeploymentInput,
  type DeploymentPatch,
  deploymentInputSchema,
  deploymentPatchSchema,
  deploymentSchema,
  deploymentsQuerySchema,
  type ParsedDeployment,
  type ParsedDeploymentPatch,
  type ParsedRunInput,
  type RunInput,
  runInputSchema,
} from '../contract/deployment.ts'
import { type Flow, flowSchema, flowsQuerySchema } from '../contract/flow.ts'
import { pageOf } from '../contract/page.ts'
import { type Run, runSchema } from '../contract/run.ts'
import { defineRoute, json, typed } from '../route.ts'
import { deploymentParams, gone, ifMatchHeaders } from './part.ts'

const tag = 'deployments'
const scope = 'project'
const one = json<Deployment>('The deployment.', deploymentSchema)

export const deploymentRoutes = {
  listFlows: defineRoute({
    id: 'listFlows',
    method: 'GET',
    path: '/api/v1/flows',
    tag,
    scope,
    summary: 'List flows',
    query: typed(flowsQuerySchema),
    responses: { 200: json('Flows by name.', pageOf<Flow>('FlowPage', flowSchema)) },
  }),
  getFlow: defineRoute({
    id: 'getFlow',
    method: 'GET',
    path: '/api/v1/flows/{flow}',
    tag,
    scope,
    summary: 'Get a flow',
    params: typed(z.strictObject({ flow: z.string().min(1).describe('Id or name of the flow.') })),
    responses: { 200: json<Flow>('The flow.', flowSchema) },
  }),
  listDeployments: defineRoute({
    id: 'listDeployments',
    method: 'GET',
    path: '/api/v1/deployments',
    tag,
    scope,
    summary: 'List deployments',
    query: typed(deploymentsQuerySchema),
    responses: { 200: json('Deployments by flow and name.', pageOf<Deployment>('DeploymentPage', deploymentSchema)) },
  }),
  putDeployment: defineRoute({
    id: 'putDeployment',
    method: 'PUT',
    path: '/api/v1/deployments',
    tag,
    scope,
    summary: 'Create or replace a deployment',
    description: 'The one with this flow and name. Its automations stay as they are.',
    headers: ifMatchHeaders,
    body: typed<ParsedDeployment, DeploymentInput>(deploymentInputSchema),
    responses: { 200: one, 201: json<Deployment>('It was created.', deploymentSchema) },
  }),
  getDeployment: defineRoute({
    id: 'getDeployment',
    method: 'GET',
    path: '/api/v1/deployments/{deployment}',
    tag,
    scope,
    summary: 'Get a deployment',
    params: deploymentParams,
    responses: { 200: one },
  }),
  updateDeployment: defineRoute({
    id: 'updateDeployment',
    method: 'PATCH',
    path: '/api/v1/deployments/{deployment}',
    tag,
    scope,
    summary: 'Change members of a deployment',
    params: deploymentParams,
    headers: ifMatchHeaders,
    body: typed<ParsedDeploymentPatch, DeploymentPatch>(deploymentPatchSchema),
    responses: { 200: one },
  }),
  deleteDeployment: defineRoute({
    id: 'deleteDeployment',
    method: 'DELETE',
    path: '/api/v1/deployments/{deployment}',
    tag,
    scope,
    summary: 'Delete a deployment and the automations it owns',
    description: 'Runs that have not started are cancelled; earlier ones stay.',
    params: deploymentParams,
    responses: { 204: gone },
  }),
  pauseDeployment: defineRoute({
    id: 'pauseDeployment',
    method: 'POST',
    path: '/api/v1/deployments/{deployment}/pause',
    tag,
    scope,
    summary: 'Pause the schedules of a deployment',
    params: deploymentParams,
    responses: { 200: one },
  }),
  resumeDeployment: defineRoute({
    id: 'resumeDeployment',
    method: 'POST',
    path: '/api/v1/deployments/{deployment}/resume',
    tag,
    scope,
    summary: 'Resume the schedules of a deployment',
    params: deploymentParams,
    responses: { 200: one },
  }),
  createRun: defineRoute({
    id: 'createRun',
    method: 'POST',
    path: '/api/v1/deployments/{deployment}/runs',
    tag,
    scope,
    summary: 'Run a deployment',
    params: deploymentParams,
    body: typed<ParsedRunInput, RunInput>(runInputSchema),
    responses: {
      200: json<Run>('The run this idempotency key made before.', runSchema),
      201: json<Run>('The new run.', runSchema),
    },
  }),
  deploy: defineRoute({
    id: 'deploy',
    method: 'POST',
    path: '/api/v1/deploy',
    tag,
    scope,
    summary: 'Deploy',
    description:
      'Creates or replaces deployments and the automations they own, all of it or nothing. ' +
      'Progress of unchanged triggers is kept.',
    body: typed<ParsedDeploy, DeployInput>(deployInputSchema),
    responses: { 200: json<DeployAnswer>('What changed, or would.', deployAnswerSchema) },
  }),
} as const
