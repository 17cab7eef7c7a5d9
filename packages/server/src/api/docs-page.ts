import { isJsonObject, type Json, type JsonObject } from '@upon/engine'

/** Levels of nested schemas shown in place; deeper ones are named. */
const SCHEMA_LEVELS_MAX = 3

const STYLE = `
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem 1.5rem 4rem;color:#1c1f23;background:#fff}
h1{font-size:1.6rem}h2{margin-top:3rem;border-bottom:1px solid #d5d9de;padding-bottom:.3rem;text-transform:capitalize}
h3{margin:2rem 0 .2rem;font-size:1rem}code,.path{font:.9rem/1.4 ui-monospace,monospace}
.method{display:inline-block;min-width:4rem;font-weight:700}.GET{color:#0b6b3a}.POST{color:#0b4fa8}.PUT,.PATCH{color:#8a5a00}.DELETE{color:#a81e1e}
table{border-collapse:collapse;width:100%;margin:.4rem 0;font-size:.9rem}td,th{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #eceff2}
th{font-weight:600;color:#545b64}nav a{margin-right:1rem}.type{color:#545b64}a{color:#0b4fa8}
@media(prefers-color-scheme:dark){body{background:#14171a;color:#e4e7ea}h2,td,th{border-color:#31373d}a,.POST{color:#7db4ff}.GET{color:#6fd39b}.PUT,.PATCH{color:#e5b567}.DELETE{color:#ff8d8d}th,.type{color:#9aa3ac}}
`

/** The API's documentation as one page of HTML without scripts, made from its OpenAPI document. */
export function docsPage(document: JsonObject): string {
  const info = object(document.info)
  const schemas = object(object(document.components).schemas)
  const operations = operationsOf(object(document.paths))
  const tags = list(document.tags).map((tag) => text(object(tag).name))
  const sections = tags.map((tag) => section(tag, operations, schemas)).join('')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(text(info.title))} API</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(text(info.title))} API <span class="type">${escapeHtml(text(info.version))}</span></h1>
<p>${escapeHtml(text(info.description))} For programs: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
<nav>${tags.map((tag) => `<a href="#${anchor(tag)}">${escapeHtml(tag)}</a>`).join('')}<a href="#types">types</a></nav>
${sections}<h2 id="types">types</h2>${Object.entries(schemas)
    .map(([name, schema]) => namedType(name, object(schema)))
    .join('')}
</body></html>`
}

interface Operation {
  readonly method: string
  readonly path: string
  readonly body: JsonObject
}

function operationsOf(paths: JsonObject): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(object(methods)).map(([method, body]) => ({
      method: method.toUpperCase(),
      path,
      body: object(body),
    })),
  )
}

function section(tag: string, operations: readonly Operation[], schemas: JsonObject): string {
  const own = operations.filter(({ body }) => list(body.tags).includes(tag))
  return `<h2 id="${anchor(tag)}">${escapeHtml(tag)}</h2>${own.map((operation) => shown(operation, schemas)).join('')}`
}

function shown({ method, path, body }: Operation, schemas: JsonObject): string {
  const parameters = list(body.parameters)
    .map(object)
    .filter((parameter) => parameter.name !== undefined)
  const input = contentType(object(body.requestBody))
  const answers = Object.entries(object(body.responses)).filter(([status]) => status !== 'default')
  return `<h3 id="${anchor(text(body.operationId))}"><span class="method ${method}">${method}</span> <span class="path">${escapeHtml(path)}</span></h3>
<p>${escapeHtml(text(body.summary))}. ${escapeHtml(text(body.description))}</p>${table(parameters.map(parameterRow))}${
    input === null ? '' : `<p>Body: ${typeOf(input, schemas, 0)}</p>`
  }${table(answers.map(([status, answer]) => answerRow(status, object(answer), schemas)))}`
}

function parameterRow(parameter: JsonObject): string {
  const needed = parameter.required === true && parameter.in !== 'path' ? ', required' : ''
  return `<td><code>${escapeHtml(text(parameter.name))}</code></td><td class="type">${escapeHtml(text(parameter.in))}${needed}</td><td>${escapeHtml(text(parameter.description))}</td>`
}

function answerRow(status: string, answer: JsonObject, schemas: JsonObject): string {
  const schema = contentType(answer)
  const type = schema === null ? '' : typeOf(schema, schemas, 0)
  return `<td><code>${escapeHtml(status)}</code></td><td>${type}</td><td>${escapeHtml(text(answer.description))}</td>`
}

function contentType(holder: JsonObject): JsonObject | null {
  const [first] = Object.values(object(holder.content))
  return first === undefined ? null : object(object(first).schema)
}

function namedType(name: string, schema: JsonObject): string {
  const required = list(schema.required)
  const rows = Object.entries(object(schema.properties)).map(([member, type]) => {
    const mark = required.includes(member) ? '' : ' <span class="type">optional</span>'
    return `<td><code>${escapeHtml(member)}</code>${mark}</td><td>${typeOf(object(type), {}, 0)}</td><td>${escapeHtml(text(object(type).description))}</td>`
  })
  const rest = rows.length > 0 ? table(rows) : `<p>${typeOf(schema, {}, 0)}</p>`
  return `<h3 id="type-${anchor(name)}">${escapeHtml(name)}</h3><p>${escapeHtml(text(schema.description))}</p>${rest}`
}

/** A schema in a few words, with links to the named ones. */
function typeOf(schema: JsonObject, schemas: JsonObject, level: number): string {
  const name = /^#\/components\/schemas\/(.+)$/.exec(text(schema.$ref))?.[1]
  if (name !== undefined) return `<a href="#type-${anchor(name)}">${escapeHtml(name)}</a>`
  if (level > SCHEMA_LEVELS_MAX) return '…'
  const choices = [...list(schema.anyOf), ...list(schema.oneOf)]
  if (choices.length > 0) return choices.map((choice) => typeOf(object(choice), schemas, level + 1)).join(' or ')
  if (Array.isArray(schema.enum))
    return schema.enum.map((value) => `<code>${escapeHtml(JSON.stringify(value))}</code>`).join(', ')
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`
  if (schema.type === 'array') return `list of ${typeOf(object(schema.items), schemas, level + 1)}`
  const members = Object.entries(object(schema.properties))
  if (members.length > 0) {
    return `{ ${members.map(([member, type]) => `<code>${escapeHtml(member)}</code>: ${typeOf(object(type), schemas, level + 1)}`).join(', ')} }`
  }
  return `<span class="type">${escapeHtml(text(schema.type) || 'any JSON')}</span>`
}

function table(rows: readonly string[]): string {
  return rows.length === 0 ? '' : `<table>${rows.map((row) => `<tr>${row}</tr>`).join('')}</table>`
}

const object = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {})
const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
const anchor = (name: string): string => name.replace(/[^A-Za-z0-9]+/g, '-')

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Makes text safe in HTML, also inside a quoted attribute. */
export const escapeHtml = (given: string): string => given.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
