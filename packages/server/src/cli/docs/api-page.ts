import { isJsonObject, type JsonObject } from '@upon/engine'
import { openApi, problemCodes, routes } from '@upon/sdk'
import { cell, listAt, memberTable, objectAt, typeText } from './json-schema-page.ts'

const HEAD = `# The API

Generated from the schemas that validate it (\`npm run docs\`). The running server has the same as OpenAPI 3.1 at
\`/api/v1/openapi.json\` and as a page at \`/api/v1/docs\`.

- The project is chosen by the header \`upon-project\` or the query member \`project\`, by key or id; \`default\` otherwise.
- Lists answer \`{items, next_cursor}\` and take \`limit\` (1 to 200) and \`cursor\`.
- Errors are \`application/problem+json\`: \`{type, title, status, code, detail, problems: [{path, message, found, expected, suggestion}]}\`.
- Requests that change something need a JSON content type; \`POST /api/v1/events\` also takes NDJSON.
- With \`UPON_TOKEN\` set, every request brings \`authorization: Bearer …\`. Without it, only this machine is let in, and
  requests that a foreign page makes a browser send are refused.
`

/** `docs/api.md`: every route with what it takes and answers. */
export function apiPage(version: string): string {
  const document: JsonObject = JSON.parse(JSON.stringify(openApi(routes, { version })))
  const operations = Object.entries(objectAt(document, 'paths')).flatMap(([path, methods]) =>
    Object.entries(isJsonObject(methods) ? methods : {}).flatMap(([method, operation]) =>
      isJsonObject(operation) ? [{ path, method: method.toUpperCase(), operation }] : [],
    ),
  )
  const tags = listAt(document, 'tags').map((tag) => (isJsonObject(tag) ? String(tag.name) : ''))
  const schemas = Object.entries(objectAt(objectAt(document, 'components'), 'schemas'))
  return [
    HEAD,
    ...tags.flatMap((tag) => [
      `## ${tag}`,
      ...operations.filter(({ operation }) => listAt(operation, 'tags').includes(tag)).map(operationText),
    ]),
    '## Problem codes',
    ['| code | status | title |', '| --- | --- | --- |', ...problemRows()].join('\n'),
    '## Schemas',
    ...schemas.flatMap(([name, schema]) => (isJsonObject(schema) ? schemaSection(name, schema) : [])),
    '',
  ].join('\n\n')
}

interface Operation {
  readonly path: string
  readonly method: string
  readonly operation: JsonObject
}

function operationText({ path, method, operation }: Operation): string {
  const parameters = listAt(operation, 'parameters').flatMap((given) =>
    isJsonObject(given) && typeof given.name === 'string' ? [given] : [],
  )
  const rows = parameters.map(
    (given) =>
      `| \`${given.name}\` (${given.in}) | ${typeText(given.schema)} | ${cell(String(given.description ?? ''))} |`,
  )
  return [
    `### ${method} ${path}`,
    [operation.summary, operation.description].filter(Boolean).join('. '),
    ...(rows.length === 0 ? [] : [['| parameter | type | meaning |', '| --- | --- | --- |', ...rows].join('\n')]),
    ...bodyText(operation),
    answersText(operation),
  ].join('\n\n')
}

function bodyText(operation: JsonObject): readonly string[] {
  const content = objectAt(objectAt(operation, 'requestBody'), 'content')
  const types = Object.entries(content).map(
    ([type, media]) => `${isJsonObject(media) ? typeText(media.schema) : 'any'} as \`${type}\``,
  )
  return types.length === 0 ? [] : [`Body: ${types.join('; ')}`]
}

function answersText(operation: JsonObject): string {
  const answers = Object.entries(objectAt(operation, 'responses')).filter(([status]) => status !== 'default')
  return answers
    .map(([status, answer]) => {
      const given = isJsonObject(answer) ? answer : {}
      const media = Object.values(objectAt(given, 'content'))[0]
      const schema = isJsonObject(media) ? `, ${typeText(media.schema)}` : ''
      return `- **${status}** ${given.description ?? ''}${schema}`
    })
    .join('\n')
}

function problemRows(): readonly string[] {
  return Object.entries(problemCodes).map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`)
}

function schemaSection(name: string, schema: JsonObject): readonly string[] {
  const text = typeof schema.description === 'string' ? [schema.description] : []
  if (Object.keys(objectAt(schema, 'properties')).length > 0) return [`### ${name}`, ...text, memberTable(schema)]
  return [`### ${name}`, ...text, typeText(schema)]
}
