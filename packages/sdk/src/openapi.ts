import type { JsonObject } from '@upon/engine'
import { PROBLEM_TYPE, problemSchema } from './contract/problem.ts'
import { PROJECT_HEADER } from './contract/project.ts'
import { SchemaBook } from './openapi-schemas.ts'
import type { Route, RouteResponse } from './route.ts'

export interface OpenApiOptions {
  /** Version of the API's software. */
  readonly version: string
  /** Address to show as the server. */
  readonly serverUrl?: string
  /** Whether answers may hold nothing undocumented: for tests. Readers must accept new members. @default false */
  readonly closed?: boolean
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: JsonObject
  readonly servers?: readonly JsonObject[]
  readonly tags: readonly JsonObject[]
  readonly paths: Readonly<Record<string, JsonObject>>
  readonly components: JsonObject
}

/** Describes routes as OpenAPI 3.1. Components are named by the `id` in the metadata of a schema. */
export function openApi(routes: Readonly<Record<string, Route>>, options: OpenApiOptions): OpenApiDocument {
  const book = new SchemaBook({ closed: options.closed ?? false })
  const all = Object.values(routes)
  const paths: Record<string, Record<string, JsonObject>> = {}
  const problem = book.add(problemSchema, 'output')
  for (const route of all) {
    const path = paths[route.path] ?? {}
    path[route.method.toLowerCase()] = operation(route, book)
    paths[route.path] = path
  }
  return book.finish({
    openapi: '3.1.0',
    info: {
      title: 'Upon',
      version: options.version,
      description: 'Launches workloads when something happens, exactly once, and says why.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    ...(options.serverUrl !== undefined && { servers: [{ url: options.serverUrl }] }),
    tags: [...new Set(all.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      parameters: projectParameters,
      responses: {
        Problem: { description: 'What went wrong.', content: { [PROBLEM_TYPE]: { schema: problem } } },
      },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'Only where the server has a token.' } },
    },
  })
}

const projectParameters: JsonObject = {
  ProjectHeader: {
    name: PROJECT_HEADER,
    in: 'header',
    description: 'Key or id of the project. `default` when neither header nor query names one.',
    schema: { type: 'string' },
  },
  ProjectQuery: {
    name: 'project',
    in: 'query',
    description: 'Key or id of the project, where a header cannot be sent.',
    schema: { type: 'string' },
  },
}

function operation(route: Route, book: SchemaBook): JsonObject {
  const project = ['ProjectHeader', 'ProjectQuery'].map((name) => ({ $ref: `#/components/parameters/${name}` }))
  const parameters = [
    ...book.parameters(route.params, 'path'),
    ...book.parameters(route.query, 'query'),
    ...book.parameters(route.headers, 'header'),
    ...(route.scope === 'project' ? project : []),
  ]
  const responses = Object.entries(route.responses).map(([status, answer]) => [status, response(answer, route, book)])
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body !== undefined && { requestBody: requestBody(route, book) }),
    responses: { ...Object.fromEntries(responses), default: { $ref: '#/components/responses/Problem' } },
    security: [{}, { token: [] }],
  }
}

function requestBody(route: Route, book: SchemaBook): JsonObject {
  if (route.body === undefined) return {}
  const schema = book.add(route.body, 'input')
  const types = route.bodyTypes ?? ['application/json']
  return {
    required: !route.body.safeParse(undefined).success,
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
  }
}

function response(answer: RouteResponse, route: Route, book: SchemaBook): JsonObject {
  const schema = route.stream !== undefined ? book.add(route.stream, 'output') : undefined
  const { description } = answer
  if (answer.mediaType === 'text/event-stream' && schema !== undefined) {
    const hint = `${description} Each \`data\` is JSON of the schema; \`event: ready\` opens and \`event: end\` closes it.`
    return { description: hint, content: { 'text/event-stream': { schema } } }
  }
  if (answer.schema === undefined && answer.mediaType === undefined) return { description }
  const content = answer.schema === undefined ? { type: 'string' } : book.add(answer.schema, 'output')
  return { description, content: { [answer.mediaType ?? 'application/json']: { schema: content } } }
}
