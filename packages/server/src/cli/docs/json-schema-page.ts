import { isJsonObject, type Json, type JsonObject } from '@upon/engine'

const MARK = /[|\n]/g

/** One table row per member of an object schema: name, type, default, meaning. */
export function memberTable(schema: JsonObject): string {
  const properties = objectAt(schema, 'properties')
  const required = new Set(listAt(schema, 'required'))
  const rows = Object.entries(properties)
    .filter(([, member]) => isJsonObject(member) && member.description !== 'Ignored.' && member.deprecated !== true)
    .map(([name, member]) => row(name, isJsonObject(member) ? member : {}, required.has(name)))
  return ['| member | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function row(name: string, member: JsonObject, required: boolean): string {
  const fallback =
    member.default === undefined ? (required ? '*required*' : '') : `\`${JSON.stringify(member.default)}\``
  return `| \`${name}\` | ${typeText(member)} | ${fallback} | ${cell(String(member.description ?? ''))} |`
}

/** A schema's type in few words: `text`, `integer`, `list of text`, a link to a named schema. */
export function typeText(schema: Json | undefined): string {
  if (!isJsonObject(schema)) return 'any'
  if (typeof schema.$ref === 'string') return schemaLink(schema.$ref)
  const choices = schema.anyOf ?? schema.oneOf
  if (Array.isArray(choices)) return [...new Set(choices.map(typeText))].join(' or ')
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.type === 'array') return `list of ${typeText(schema.items)}`
  if (Array.isArray(schema.type))
    return schema.type.map((type) => TYPE_WORDS[String(type)] ?? String(type)).join(' or ')
  return TYPE_WORDS[String(schema.type)] ?? 'any'
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  object: 'object',
  null: 'null',
}

function schemaLink(ref: string): string {
  const name = ref.slice(ref.lastIndexOf('/') + 1)
  return `[${name}](#${name.toLowerCase()})`
}

/** Text for a table cell. */
export const cell = (text: string): string => text.replace(MARK, (mark) => (mark === '|' ? '\\|' : ' '))

export function objectAt(schema: JsonObject, key: string): JsonObject {
  const value = schema[key]
  return isJsonObject(value) ? value : {}
}

export function listAt(schema: JsonObject, key: string): readonly Json[] {
  const value = schema[key]
  return Array.isArray(value) ? value : []
}
