import { z } from 'zod'
import { pageOf } from '../contract/page.ts'
import { type Project, projectInputSchema, projectSchema, projectsQuerySchema } from '../contract/project.ts'
import { type JsonObject, jsonObjectSchema } from '../contract/scalar.ts'
import { type Health, healthSchema, type ServerInfo, serverInfoSchema } from '../contract/server.ts'
import { defineRoute, json, typed } from '../route.ts'

const tag = 'server'
const scope = 'server'

export const serverRoutes = {
  listProjects: defineRoute({
    id: 'listProjects',
    method: 'GET',
    path: '/api/v1/projects',
    tag,
    scope,
    summary: 'List projects',
    query: typed(projectsQuerySchema),
    responses: { 200: json('Projects by key.', pageOf<Project>('ProjectPage', projectSchema)) },
  }),
  createProject: defineRoute({
    id: 'createProject',
    method: 'POST',
    path: '/api/v1/projects',
    tag,
    scope,
    summary: 'Create a project',
    body: typed(projectInputSchema),
    responses: { 201: json<Project>('The project.', projectSchema) },
  }),
  getProject: defineRoute({
    id: 'getProject',
    method: 'GET',
    path: '/api/v1/projects/{project}',
    tag,
    scope,
    summary: 'Get a project',
    params: typed(z.strictObject({ project: z.string().min(1).describe('Id or key of the project.') })),
    responses: { 200: json<Project>('The project.', projectSchema) },
  }),
  getInfo: defineRoute({
    id: 'getInfo',
    method: 'GET',
    path: '/api/v1/info',
    tag,
    scope,
    summary: 'Say what server this is',
    responses: { 200: json<ServerInfo>('The server.', serverInfoSchema) },
  }),
  getOpenApi: defineRoute({
    id: 'getOpenApi',
    method: 'GET',
    path: '/api/v1/openapi.json',
    tag,
    scope,
    summary: 'This description, for programs',
    responses: { 200: json<JsonObject>('OpenAPI 3.1.', jsonObjectSchema) },
  }),
  getSchema: defineRoute({
    id: 'getSchema',
    method: 'GET',
    path: '/api/v1/schemas/{schema}',
    tag,
    scope,
    summary: 'JSON Schema of a file format',
    params: typed(z.strictObject({ schema: z.string().min(1).describe('Such as `automation.json`.') })),
    responses: {
      200: {
        ...json<JsonObject>('JSON Schema, draft 2020-12.', jsonObjectSchema),
        mediaType: 'application/schema+json',
      },
    },
  }),
  health: defineRoute({
    id: 'health',
    method: 'GET',
    path: '/healthz',
    tag,
    scope,
    summary: 'Is the process alive',
    responses: { 200: json<Health>('It is.', healthSchema) },
  }),
  ready: defineRoute({
    id: 'ready',
    method: 'GET',
    path: '/readyz',
    tag,
    scope,
    summary: 'Does it take events and decide',
    responses: {
      200: json<Health>('It does.', healthSchema),
      503: json<Health>('Not now; `checks` say why.', healthSchema),
    },
  }),
  metrics: defineRoute({
    id: 'metrics',
    method: 'GET',
    path: '/metrics',
    tag,
    scope,
    summary: 'Metrics for Prometheus',
    responses: { 200: { description: 'Prometheus text.', mediaType: 'text/plain' } },
  }),
} as const
