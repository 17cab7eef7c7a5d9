import { describe, expect, test } from 'vitest'
import { type JsonObject, openApi, type Route, routes } from './index.ts'

const document = openApi(routes, { version: '0.1.0' })
const text = JSON.stringify(document)
const all: Route[] = Object.values(routes)

function schemas(of = document): Record<string, JsonObject> {
  return JSON.parse(JSON.stringify(of.components.schemas))
}

describe('the OpenAPI document', () => {
  test('has every route under its path and method, with its id', () => {
    const operations = all.map((route) => document.paths[route.path]?.[route.method.toLowerCase()])
    expect(operations).toMatchObject(all.map((route) => ({ operationId: route.id })))
  })

  test('refers only to components that are there', () => {
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '')
    expect(refs.length).toBeGreaterThan(100)
    const known = new Set([
      ...Object.keys(schemas()).map((name) => `#/components/schemas/${name}`),
      '#/components/parameters/ProjectHeader',
      '#/components/parameters/ProjectQuery',
      '#/components/responses/Problem',
    ])
    expect(refs.filter((ref) => !known.has(ref))).toEqual([])
  })

  test('shows every parameter of a path, and no other', () => {
    for (const route of all) {
      const operation = JSON.stringify(document.paths[route.path]?.[route.method.toLowerCase()])
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const shown = [...operation.matchAll(/"name":"(\w+)","in":"path"/g)].map((match) => match[1])
      expect(shown, route.id).toEqual(inPath)
    }
  })

  test('tells what a request may leave out apart from what an answer always has', () => {
    const { Trigger, TriggerInput } = schemas()
    expect(TriggerInput).not.toHaveProperty('required')
    expect(Trigger?.required).toContain('threshold')
  })

  test('lets answers grow new members, unless it is asked to be closed', () => {
    expect(schemas().Run).not.toHaveProperty('additionalProperties')
    expect(schemas(openApi(routes, { version: '0.1.0', closed: true })).Run).toHaveProperty(
      'additionalProperties',
      false,
    )
  })

  test('refuses unknown members in requests', () => {
    for (const name of ['AutomationInput', 'DeploymentInput', 'EventInput', 'RunInput', 'DeploymentTrigger']) {
      expect(schemas()[name], name).toHaveProperty('additionalProperties', false)
    }
  })

  test('offers the project header on project routes only', () => {
    const parametersOf = (path: string) => JSON.stringify(document.paths[path]?.get)
    expect(parametersOf('/api/v1/runs')).toContain('ProjectHeader')
    expect(parametersOf('/api/v1/projects')).not.toContain('ProjectHeader')
  })
})

describe('the route table', () => {
  test('keys each route by its own id', () => {
    expect(Object.keys(routes)).toEqual(all.map((route) => route.id))
  })

  test('has no two routes for the same method and path', () => {
    const places = all.map((route) => `${route.method} ${route.path}`)
    expect(new Set(places).size).toBe(places.length)
  })
})
