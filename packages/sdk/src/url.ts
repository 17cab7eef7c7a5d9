import type { Route } from './route.ts'

/** Builds the path and query of a call. Throws when a parameter of the path is missing. */
export function routeUrl(route: Pick<Route, 'id' | 'path'>, input: { params?: unknown; query?: unknown }): string {
  const params = new Map(entriesOf(input.params))
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params.get(name)
    if (value === undefined || value === '') throw new TypeError(`${route.id} needs the parameter "${name}"`)
    return encodeURIComponent(String(value))
  })
  const query = queryText(input.query)
  return query === '' ? path : `${path}?${query}`
}

function queryText(query: unknown): string {
  const search = new URLSearchParams()
  for (const [name, value] of entriesOf(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) search.append(name, String(one))
    }
  }
  return search.toString()
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

/** A query string as the schemas of queries take it: a list where a parameter is given several times. */
export function readQuery(search: URLSearchParams): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name)
    const [first] = values
    if (first !== undefined) query[name] = values.length === 1 ? first : values
  }
  return query
}
