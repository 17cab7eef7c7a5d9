import { suggest } from '@upon/engine'
import { type Route, routes } from '@upon/sdk'
import { HttpProblem } from './http-problem.ts'

const ROUTES: readonly Route[] = Object.values(routes)

/** Why there is nothing at this path, with the methods or the path that were probably meant. */
export function unknownPath(method: string, path: string): HttpProblem {
  const methods = ROUTES.filter((route) => fits(route.path, path)).map((route) => route.method)
  const allowed = [...new Set(path === '/' ? ['GET'] : methods)]
  if (allowed.length > 0) {
    return new HttpProblem('method_not_allowed', `${method} is not possible for ${path}, only ${allowed.join(', ')}`, {
      headers: { allow: allowed.join(', ') },
      members: { allowed },
    })
  }
  const meant = suggest(path, known(path))
  const hint = meant === undefined ? 'GET /api/v1/openapi.json lists every path' : `did you mean ${meant}?`
  return new HttpProblem('not_found', `there is nothing at ${path}; ${hint}`, {
    members: meant === undefined ? {} : { suggestion: meant },
  })
}

function fits(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = path.split('/')
  return wanted.length === given.length && wanted.every((part, at) => part === given[at] || isParameter(part))
}

/** The paths of the API as they would read with the values this path has. */
function known(path: string): readonly string[] {
  const given = path.split('/')
  return ROUTES.map((route) =>
    route.path
      .split('/')
      .map((part, at) => (isParameter(part) ? given[at] || part : part))
      .join('/'),
  )
}

const isParameter = (part: string): boolean => part.startsWith('{')
