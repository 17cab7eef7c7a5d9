import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import { ApiError, ConnectionError, createClient, type Event, formatSse, type Page, type Run, routes } from './index.ts'

const servers: Server[] = []

afterEach(async () => {
  const closing = servers.splice(0).map((server) => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  await Promise.all(closing)
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

const json = { 'content-type': 'application/json' }
const problemJson = { 'content-type': 'application/problem+json' }

describe('a call', () => {
  test('carries parameters, query, body, token and project to their places', async () => {
    const seen: unknown[] = []
    const url = await serve(async (request, response) => {
      const { method, url: path, headers } = request
      const { authorization, 'upon-project': project, 'content-type': type } = headers
      seen.push({ method, path, authorization, project, type, body: JSON.parse(await textOf(request)) })
      response.writeHead(201, json).end('{"id":"x"}')
    })
    const client = createClient({ url: `${url}/`, token: 't', project: 'vision' })
    await client.call(routes.createRun, { params: { deployment: 'my flow/nightly' }, body: { parameters: { n: 1 } } })
    expect(seen).toEqual([
      {
        method: 'POST',
        path: '/api/v1/deployments/my%20flow%2Fnightly/runs',
        authorization: 'Bearer t',
        project: 'vision',
        type: 'application/json',
        body: { parameters: { n: 1 } },
      },
    ])
  })

  test('repeats a query parameter that has several values', async () => {
    const url = await serve((request, response) => response.writeHead(200, json).end(JSON.stringify(request.url)))
    const query = { state: ['RUNNING', 'PENDING'], limit: 2 }
    expect(await createClient({ url }).call(routes.listRuns, { query })).toBe(
      '/api/v1/runs?state=RUNNING&state=PENDING&limit=2',
    )
  })

  test('gives status and headers to who asks for them', async () => {
    const url = await serve((_, response) => response.writeHead(200, { ...json, etag: '"3"' }).end('{"version":3}'))
    const answer = await createClient({ url }).request(routes.getAutomation, { params: { automation: 'a' } })
    expect([answer.status, answer.headers.get('etag'), answer.body.version]).toEqual([200, '"3"', 3])
  })

  test('without an answer body gives undefined', async () => {
    const url = await serve((_, response) => response.writeHead(204).end())
    expect(await createClient({ url }).call(routes.deleteRun, { params: { run: 'r' } })).toBeUndefined()
  })

  test('that is refused throws the problem with everything that is wrong in its message', async () => {
    const problem = {
      type: 'about:blank',
      title: 'The request is not valid',
      status: 422,
      code: 'invalid_request',
      detail: 'The automation is not valid.',
      problems: [
        { path: 'trigger.threshhold', message: 'is not a known key', suggestion: 'threshold' },
        { path: 'actions', message: 'is required', expected: 'array' },
      ],
    }
    const url = await serve((_, response) => response.writeHead(422, problemJson).end(JSON.stringify(problem)))
    const call = createClient({ url }).call(routes.listAutomations)
    await expect(call).rejects.toThrow(ApiError)
    await expect(call).rejects.toMatchObject({
      status: 422,
      code: 'invalid_request',
      problem,
      message:
        'The automation is not valid.\n' +
        '  trigger.threshhold: is not a known key (did you mean "threshold"?)\n' +
        '  actions: is required',
    })
  })

  test('answered by something else than an Upon server says so', async () => {
    const url = await serve((_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'))
    await expect(createClient({ url }).call(routes.listRuns)).rejects.toThrow(
      /answered 502 with "<h1>Bad gateway<\/h1>": is this the address of an Upon server\?/,
    )
  })

  test('to a server that is not there says how to start it', async () => {
    const url = await serve(() => {})
    await new Promise((resolve) => servers.pop()?.close(resolve))
    const call = createClient({ url }).call(routes.listRuns)
    await expect(call).rejects.toThrow(ConnectionError)
    await expect(call).rejects.toThrow(
      `could not reach ${url} (connection refused): is the server running? start it with "upon up"`,
    )
  })

  test('to a server that never answers gives up in time', async () => {
    const url = await serve(() => {})
    const call = createClient({ url, timeoutMs: 20 }).call(routes.listRuns)
    await expect(call).rejects.toThrow(`${url} did not answer in time`)
  })

  test('ends with the reason of the caller who aborts it', async () => {
    const url = await serve(() => controller.abort(new Error('changed my mind')))
    const controller = new AbortController()
    const call = createClient({ url }).call(routes.listRuns, {}, { signal: controller.signal })
    await expect(call).rejects.toThrow('changed my mind')
  })

  test('is typed by its route', () => {
    const client = createClient({ url: 'http://127.0.0.1:1' })
    // @ts-expect-error a path parameter is required
    const missing = () => client.call(routes.getRun)
    // @ts-expect-error no such query parameter
    const unknown = () => client.call(routes.listRuns, { query: { stat: 'RUNNING' } })
    expectTypeOf(missing).toBeFunction()
    expectTypeOf(unknown).toBeFunction()
    expectTypeOf<Awaited<ReturnType<typeof client.call<typeof routes.listRuns>>>>().toEqualTypeOf<Page<Run>>()
    expectTypeOf<Awaited<ReturnType<typeof client.call<typeof routes.deleteRun>>>>().toEqualTypeOf<undefined>()
  })
})

describe('a stream', () => {
  const sse = { 'content-type': 'text/event-stream' }
  const line = (position: number) => formatSse({ id: position, data: JSON.stringify({ position }) })

  async function positions(stream: AsyncIterable<unknown>): Promise<unknown[]> {
    const seen: unknown[] = []
    for await (const message of stream) seen.push((message as { position: number }).position)
    return seen
  }

  test('yields each message until the server ends it', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, sse).write(formatSse({ event: 'ready', id: 0, data: '' }))
      response.end(`: heartbeat\n\n${line(1)}${line(2)}${formatSse({ event: 'end', data: '' })}${line(3)}`)
    })
    let ready = 0
    const stream = createClient({ url }).stream(routes.streamEvents, {}, { onReady: () => ready++ })
    expectTypeOf(stream).toEqualTypeOf<AsyncIterable<Event>>()
    expect([await positions(stream), ready]).toEqual([[1, 2], 1])
  })

  test('continues where it stopped when the connection breaks', async () => {
    const asked: (string | undefined)[] = []
    const url = await serve((request, response) => {
      asked.push(request.url)
      if (asked.length === 1) response.writeHead(200, sse).write(line(7), () => request.socket.destroy())
      else if (asked.length === 2) response.writeHead(200, sse).end()
      else response.writeHead(200, sse).end(line(8) + formatSse({ event: 'end', data: '' }))
    })
    const options = { reconnect: true, reconnectDelayMs: 1 }
    const stream = createClient({ url }).stream(routes.streamEvents, { query: { event: 'a.*' } }, options)
    expect(await positions(stream)).toEqual([7, 8])
    expect(asked.map((path) => path?.split('?')[1])).toEqual([
      'event=a.*',
      'event=a.*&after_position=7',
      'event=a.*&after_position=7',
    ])
  })

  test('that was only ready continues from there, so that nothing in between is missed', async () => {
    const asked: (string | undefined)[] = []
    const url = await serve((request, response) => {
      asked.push(request.url)
      if (asked.length === 1) response.writeHead(200, sse).end(formatSse({ event: 'ready', id: 41, data: '' }))
      else response.writeHead(200, sse).end(formatSse({ event: 'end', data: '' }))
    })
    await positions(createClient({ url }).stream(routes.streamFeed, {}, { reconnect: true, reconnectDelayMs: 1 }))
    expect(asked).toEqual(['/api/v1/stream', '/api/v1/stream?after_position=41'])
  })

  test('to a server that is not there fails at once, even when it may reconnect', async () => {
    const url = await serve(() => {})
    await new Promise((resolve) => servers.pop()?.close(resolve))
    const stream = createClient({ url }).stream(routes.streamFeed, {}, { reconnect: true })
    await expect(positions(stream)).rejects.toThrow(ConnectionError)
  })

  test('that is refused throws the problem', async () => {
    const problem = { type: 'about:blank', title: 'Not found', status: 404, code: 'not_found', detail: 'no run "x"' }
    const url = await serve((_, response) => response.writeHead(404, problemJson).end(JSON.stringify(problem)))
    const stream = createClient({ url }).stream(routes.streamRunLogs, { params: { run: 'x' } }, { reconnect: true })
    await expect(positions(stream)).rejects.toThrow('no run "x"')
  })

  test('ends without an error when its signal aborts, and hangs up', async () => {
    let hungUp = () => {}
    const gone = new Promise<void>((resolve) => {
      hungUp = resolve
    })
    const url = await serve((request, response) => {
      request.socket.on('close', hungUp)
      response.writeHead(200, sse).write(line(1))
    })
    const controller = new AbortController()
    const seen: unknown[] = []
    for await (const message of createClient({ url }).stream(routes.streamEvents, {}, { signal: controller.signal })) {
      seen.push(message)
      controller.abort()
    }
    await gone
    expect(seen).toEqual([{ position: 1 }])
  })

  test('hangs up when the loop over it is left', async () => {
    let hungUp = () => {}
    const gone = new Promise<void>((resolve) => {
      hungUp = resolve
    })
    const url = await serve((request, response) => {
      request.socket.on('close', hungUp)
      response.writeHead(200, sse).write(line(1))
    })
    for await (const _ of createClient({ url }).stream(routes.streamEvents)) break
    await gone
  })
})
