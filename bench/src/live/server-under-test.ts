import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApplyInput, type Client, createClient, routes } from '@upon/sdk'
import { workloadAutomations } from '../workload/automations.ts'
import { freePort, startUpon, type UponServer } from './upon-server.ts'

export interface ServerUnderTest extends AsyncDisposable {
  readonly server: UponServer
  readonly client: Client
  readonly databaseFile: string
  /** A scratch directory that goes with it. */
  readonly directory: string
  /** Starts it again on the same data. */
  restart(): Promise<UponServer>
}

/** An `upon up` of its own, ready, in a directory that is removed with it. */
export async function serverUnderTest(args: readonly string[] = []): Promise<ServerUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'upon-bench-'))
  const data = join(directory, 'data')
  const options = { directory: data, port: await freePort(), args }
  let server = startUpon(options)
  await server.ready
  return {
    get server() {
      return server
    },
    client: createClient({ url: server.url, timeoutMs: 120_000 }),
    databaseFile: join(data, 'upon.db'),
    directory,
    async restart() {
      await server.stop()
      server = startUpon(options)
      await server.ready
      return server
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

type Document = ApplyInput['documents'][number]

const DO_NOTHING: Document['actions'] = [{ type: 'do-nothing' }]

/** Defines the automations of the workload, all with `do-nothing`. */
export async function defineWorkload(client: Client, count: number): Promise<void> {
  const documents = workloadAutomations(count, 'indexable').map(({ key, trigger }) => ({
    key,
    trigger,
    actions: DO_NOTHING,
  }))
  await client.call(routes.applyDocuments, { body: { documents } })
}
