import { FINAL_STATE_TYPES, STREAM_END, STREAM_READY } from '@upon/sdk'
import { logLineJson } from '../../present/run-json.ts'
import type { RunRow } from '../../store/run-table.ts'
import { watchChanges } from '../changes.ts'
import type { ApiDeps } from '../deps.ts'
import { pageJson, pageRequest } from '../list-page.ts'
import { type HandlersOf, ok } from '../route-handler.ts'
import type { StreamMessage, Streams } from '../streams.ts'
import { findRun } from './runs.ts'

type Deps = Pick<ApiDeps, 'store' | 'feed'>

/** Lines read at a time for a viewer. */
const LINES_PER_READ = 200

/** What a run printed, as a list and as it comes. */
export function runLogHandlers(deps: Deps, streams: Streams): HandlersOf<'listRunLogs' | 'streamRunLogs'> {
  return {
    async listRunLogs({ params, query, project }) {
      const run = await findRun(deps, project.id, params.run)
      const { attempt, stream } = query
      const filter = { ...(attempt !== undefined && { attempt }), ...(stream !== undefined && { stream }) }
      const page = await deps.store.read.runs.logs(project.id, run.id, pageRequest(query), filter)
      return ok(pageJson(page, logLineJson))
    },
    async streamRunLogs({ params, query, project, signal }) {
      const run = await findRun(deps, project.id, params.run)
      const after = query.after_position ?? 0
      return streams.answer(signal, (ended) => followLogs(deps, run, { after, signal: ended }))
    },
  }
}

/** The lines in the order of writing, from the store alone: the feed says when to look again. Ends with the run. */
async function* followLogs(
  { store, feed }: Deps,
  { project, id }: RunRow,
  { after, signal }: { readonly after: number; readonly signal: AbortSignal },
): AsyncGenerator<StreamMessage> {
  const watch = watchChanges(feed, project, signal)
  let position = after
  let ready = false
  while (!signal.aborted) {
    const run = await store.read.runs.get(id)
    for await (const line of linesAfter(store, { project, id }, position)) {
      position = line.position
      yield { id: line.position, data: JSON.stringify(logLineJson(line)) }
    }
    if (!ready) yield { event: STREAM_READY, id: position, data: '' }
    ready = true
    // The state was read before the lines, so a run that had ended then has no more of them.
    if (run === null || FINAL_STATE_TYPES.includes(run.state.type)) {
      yield { event: STREAM_END, id: position, data: '' }
      return
    }
    if (!(await changed(watch, id))) return
  }
}

async function* linesAfter(
  store: Deps['store'],
  run: { readonly project: string; readonly id: string },
  after: number,
) {
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Deps['store']['read']['runs']['logs']>> = await store.read.runs.logs(
      run.project,
      run.id,
      { limit: LINES_PER_READ, cursor },
      { afterPosition: after },
    )
    yield* page.items
    cursor = page.next
  } while (cursor !== null)
}

/** Waits until this run changed or printed something; false when the watch is over. */
async function changed(watch: ReturnType<typeof watchChanges>, id: string): Promise<boolean> {
  for (;;) {
    const changes = await watch.next()
    if (changes === null) return false
    if (changes.runs.includes(id) || changes.logs.includes(id) || changes.missed > 0) return true
  }
}
