import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { contentAnswer } from './answer.ts'
import { bindRoutes } from './bind.ts'
import type { ApiDeps } from './deps.ts'
import { docsPage } from './docs-page.ts'
import { errorAnswer } from './error-answer.ts'
import { allHandlers } from './handlers/all-handlers.ts'
import { openApiDocument } from './handlers/server.ts'
import { checkAccess } from './safety.ts'
import { unknownPath } from './unknown-path.ts'
import { createWebFiles } from './web-files.ts'

/** The whole HTTP surface: the routes of the contract, their documentation, and the web page. */
export function createApi(deps: ApiDeps): Hono {
  const app = new Hono()
  const web = createWebFiles(deps.webRoot)
  const document = openApiDocument(deps)
  app.use(async (c, next) => {
    checkAccess(deps.access, {
      method: c.req.method,
      path: c.req.path,
      port: localPort(c),
      header: (name) => c.req.raw.headers.get(name) ?? (name === 'host' ? new URL(c.req.url).host : null),
    })
    await next()
  })
  bindRoutes(app, deps, allHandlers(deps, document))
  app.get('/api/v1/docs', () => contentAnswer(docsPage(document()), 'text/html; charset=utf-8'))
  app.notFound((c) => {
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
    const file = isRead ? web.answer(c.req.path, c.req.raw.headers.get('if-none-match')) : null
    return file ?? errorAnswer(deps, unknownPath(c.req.method, c.req.path), 'unknown')
  })
  app.onError((error) => errorAnswer(deps, error, 'any'))
  return app
}

/** The port a request came in on; null for a request made in the process itself. */
function localPort(c: Context): number | null {
  const bindings: Partial<HttpBindings> | undefined = c.env
  return bindings?.incoming?.socket.localPort ?? null
}
