import { type Client, FINAL_STATE_TYPES, type Run, type RunStateEntry, routes } from '@upon/sdk'

/** One thing that became known about a run, in the order it happened. */
export type RunStep =
  | { readonly kind: 'run'; readonly run: Run }
  /** It waits for a time that is not near; following it ends here. */
  | { readonly kind: 'scheduled'; readonly run: Run }
  /** `program` is what executes it, such as `python`, where that is known. */
  | { readonly kind: 'state'; readonly run: Run; readonly state: RunStateEntry; readonly program: string | null }
  /** The last line it printed. */
  | { readonly kind: 'line'; readonly run: Run; readonly text: string }
  | { readonly kind: 'ended'; readonly run: Run }
  /** The signal aborted first. */
  | { readonly kind: 'unfinished'; readonly run: Run | null }

export interface FollowOptions {
  /** Ends following; the last step is then `unfinished`. */
  readonly signal: AbortSignal
  readonly now: () => number
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** Follow a run that starts later, too. @default false */
  readonly untilStarted?: boolean
}

/** Between two looks at the server, in milliseconds: each look that finds nothing new makes the next pause longer. */
const PAUSE_MS_MIN = 15
const PAUSE_MS_MAX = 500
/** A run that starts within this many milliseconds is waited for. */
const NEAR_MS = 5_000
/** Pages of a log that are read to find its last line. */
const LOG_PAGES_MAX = 50
const LOG_PAGE_LINES = 200
/** States that say nothing a reader of "run NAME" does not know. */
const EXPECTED_STATES = ['SCHEDULED', 'PENDING']

/** Waits longer and longer between looks, and shortly again after `reset`. */
export function createPauses({ signal, wait }: FollowOptions) {
  let ms = PAUSE_MS_MIN
  return {
    async next(): Promise<void> {
      await wait(ms, signal)
      ms = Math.min(PAUSE_MS_MAX, ms * 1.5)
    },
    reset(): void {
      ms = PAUSE_MS_MIN
    },
  }
}

/** Follows a run, by id or name, to its end. States that passed between two looks are told too, in their order. */
export async function* followRun(client: Client, run: string, options: FollowOptions): AsyncGenerator<RunStep, void> {
  const pauses = createPauses(options)
  const told = new Set<string>()
  let current = await client.call(routes.getRun, { params: { run } })
  const params = { run: current.id }
  const program = await programOf(client, current)
  yield { kind: 'run', run: current }
  while (!options.signal.aborted) {
    const fresh = (await statesOf(client, current.id)).filter((state) => !told.has(state.id))
    for (const state of fresh) {
      told.add(state.id)
      if (isWorthTelling(state)) yield { kind: 'state', run: current, state, program: programAt(state, program) }
    }
    if (FINAL_STATE_TYPES.includes(current.state.type)) return yield* theEnd(client, current)
    if (isLater(current, options)) return yield { kind: 'scheduled', run: current }
    if (fresh.length > 0) pauses.reset()
    await pauses.next()
    current = await client.call(routes.getRun, { params })
  }
  yield { kind: 'unfinished', run: current }
}

async function statesOf(client: Client, run: string): Promise<readonly RunStateEntry[]> {
  return (await client.call(routes.listRunStates, { params: { run } })).items
}

/** The final state is told by `ended`; a failure that is tried again is told as a state. */
const isWorthTelling = (state: RunStateEntry): boolean =>
  !FINAL_STATE_TYPES.includes(state.type) &&
  (!EXPECTED_STATES.includes(state.type) || !['Scheduled', 'Pending'].includes(state.name))

const programAt = (state: RunStateEntry, program: string | null): string | null =>
  state.type === 'RUNNING' ? program : null

const isLater = ({ state, scheduled_at }: Run, { now, untilStarted }: FollowOptions): boolean =>
  untilStarted !== true && state.type === 'SCHEDULED' && Date.parse(scheduled_at) - now() > NEAR_MS

async function* theEnd(client: Client, run: Run): AsyncGenerator<RunStep, void> {
  const text = await lastLine(client, run)
  if (text !== null) yield { kind: 'line', run, text }
  yield { kind: 'ended', run }
}

/** The last line the latest attempt printed; null when there is none, or too much came before it. */
async function lastLine(client: Client, run: Run): Promise<string | null> {
  const query = { attempt: Math.max(1, run.attempt), stream: 'stdout' as const, limit: LOG_PAGE_LINES }
  let cursor: string | null = null
  let last: string | null = null
  for (let page = 0; page < LOG_PAGES_MAX; page += 1) {
    const answer: { items: readonly { text: string }[]; next_cursor: string | null } = await client.call(
      routes.listRunLogs,
      { params: { run: run.id }, query: { ...query, ...(cursor !== null && { cursor }) } },
    )
    last = answer.items.findLast(({ text }) => text.trim() !== '')?.text ?? last
    cursor = answer.next_cursor
    if (cursor === null) return last
  }
  return null
}

/** What executes the run, from the entrypoint of its deployment; null where that is gone. */
async function programOf(client: Client, run: Run): Promise<string | null> {
  if (run.deployment === null) return null
  const deployment = await client
    .call(routes.getDeployment, { params: { deployment: run.deployment.id } })
    .catch(() => null)
  if (deployment === null) return null
  if (deployment.command !== null) return 'command'
  const file = deployment.entrypoint?.split(':')[0] ?? ''
  if (/\.[mc]?ts$/.test(file)) return 'typescript'
  return /\.[mc]?js$/.test(file) ? 'node' : 'python'
}
