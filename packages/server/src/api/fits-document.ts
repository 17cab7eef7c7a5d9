import { isJsonObject, type Json, type JsonObject } from '@upon/engine'
import { openApi, type Route, routes } from '@upon/sdk'
import { z } from 'zod'

export interface SeenAnswer {
  readonly method: string
  readonly path: string
  readonly status: number
  /** Media type without parameters. */
  readonly type: string
  readonly text: string
}

/** Holds answers against the OpenAPI document, for tests. */
export interface DocumentCheck {
  /** Throws, saying what is not as documented: status, media type, or any member of the body. */
  check(answer: SeenAnswer): void
}

/** In this reading of the document an answer may hold nothing that is not described. */
export function createDocumentCheck(): DocumentCheck {
  const document: Json = JSON.parse(JSON.stringify(openApi(routes, { version: '0', closed: true })))
  const root = object(document)
  const components = object(root.components)
  const schemas = new Map<string, z.ZodType>()

  function schemaOf(name: string, schema: JsonObject): z.ZodType {
    const known = schemas.get(name)
    if (known !== undefined) return known
    const text = JSON.stringify({ ...schema, $defs: components.schemas ?? {} })
    const made = z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')))
    schemas.set(name, made)
    return made
  }

  return {
    check(answer) {
      const route = routeOf(answer)
      if (route === undefined) return
      const responses = object(object(object(object(root.paths)[route.path])[route.method.toLowerCase()]).responses)
      const declared = object(responses[String(answer.status)] ?? object(components.responses).Problem)
      if (Object.keys(object(declared.content)).length === 0 && answer.text === '') return
      const name = `${route.id} ${answer.status} ${answer.type}`
      const content = object(declared.content)[answer.type]
      if (content === undefined) throw new Error(`${name} is not in the OpenAPI document`)
      if (!/[/+]json$/.test(answer.type)) return
      const result = schemaOf(name, object(object(content).schema)).safeParse(JSON.parse(answer.text))
      if (!result.success)
        throw new Error(`${name} does not fit the OpenAPI document: ${z.prettifyError(result.error)}`)
    },
  }
}

/** The route a request was for; of two that fit, the one without a parameter there. */
function routeOf({ method, path }: SeenAnswer): Route | undefined {
  const all: readonly Route[] = Object.values(routes)
  const given = path.split('?', 1)[0]?.split('/') ?? []
  const fitting = all.filter((route) => {
    const parts = route.path.split('/')
    return route.method === method && parts.length === given.length && parts.every((part, at) => fits(part, given[at]))
  })
  return fitting.sort((a, b) => parameters(a) - parameters(b))[0]
}

const fits = (part: string, given: string | undefined): boolean => part.startsWith('{') || part === given
const parameters = ({ path }: Route): number => path.split('{').length
const object = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {})
