import { type Run, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { followRun } from './follow-run.ts'
import { printOne } from './inspect.ts'
import { type ListOptions, lists, printList, type ReadOptions, reads } from './list.ts'
import { append, instant, runStates, seconds } from './option-values.ts'
import { followOptions, showOutcome } from './show-outcome.ts'
import { howLong, when } from './words.ts'

interface RunFilters extends ListOptions {
  readonly state?: readonly string[]
  readonly deployment?: string
  readonly flow?: string
  readonly automation?: string
  readonly launch?: string
  readonly event?: string
  readonly pool?: string
  readonly tag?: readonly string[]
  readonly since?: string
  readonly until?: string
}

/** `upon run ls|inspect|watch`. */
export function addRunReads(run: Command, cli: Cli): void {
  addList(run, cli)
  const inspect = reads(run.command('inspect <run>').description('show a run, by id or name')).action(
    async (name: string, options: ReadOptions) => {
      const client = cli.client(inspect)
      const found = await client.call(routes.getRun, { params: { run: name } })
      const { items: states } = await client.call(routes.listRunStates, { params: { run: found.id } })
      printOne(cli, options, { ...found, states })
    },
  )
  examples(inspect, ['upon run inspect brisk-otter', 'upon run inspect brisk-otter --json'])
  addWatch(run, cli)
}

function addList(run: Command, cli: Cli): void {
  const list = lists(run.command('ls').description('list runs, newest first'))
    .option('--state <state>', 'only in this state, such as running or TimedOut; repeatable', runStates)
    .option('--deployment <name>', 'only of this deployment: flow/name, key or id')
    .option('--flow <name>', 'only of this flow')
    .option('--automation <name>', 'only those this automation launched')
    .option('--launch <id>', 'only those of this launch')
    .option('--event <id>', 'only those this event launched')
    .option('-p, --pool <name>', 'only of this work pool')
    .option('--tag <tag>', 'only with this tag; repeatable', append)
    .option('--since <time>', 'created at or after', instant)
    .option('--until <time>', 'created at or before', instant)
    .action(async (options: RunFilters) => {
      const client = cli.client(list)
      const filter = filterOf(options)
      await printList(cli, {
        options,
        page: (query) => client.call(routes.listRuns, { query: { ...filter, ...query } }),
        headings: ['NAME', 'DEPLOYMENT', 'STATE', 'SCHEDULED', 'TOOK', 'LAUNCHED BY', 'ID'],
        row: (one) => [
          one.name,
          one.deployment?.full_name ?? one.flow.name,
          one.state.name,
          when(one.scheduled_at),
          tookOf(one),
          one.automation?.key ?? one.created_by,
          one.id,
        ],
        none: 'no runs',
      })
    })
  examples(list, ['upon run ls', 'upon run ls --state RUNNING', 'upon run ls --deployment decorated-fn/my-deployment'])
}

function filterOf(options: RunFilters) {
  const { state, deployment, flow, automation, launch, event, pool, tag, since, until } = options
  return {
    ...(state && { state: [...state] }),
    ...(deployment && { deployment }),
    ...(flow && { flow }),
    ...(automation && { automation }),
    ...(launch && { launch }),
    ...(event && { event_id: event }),
    ...(pool && { work_pool: pool }),
    ...(tag && { tag: [...tag] }),
    ...(since && { since }),
    ...(until && { until }),
  }
}

const tookOf = ({ started, duration_ms }: Run): string => (started === null ? '' : howLong(duration_ms))

function addWatch(run: Command, cli: Cli): void {
  const watch = reads(run.command('watch <run>').description('follow a run to its end; fails when it does'))
    .option('--timeout <seconds>', 'stop waiting after this long', seconds)
    .action(async (name: string, { json, timeout }: ReadOptions & { timeout?: number }) => {
      const options = followOptions(cli, timeout === undefined ? undefined : timeout * 1_000)
      await showOutcome(cli, followRun(cli.client(watch), name, { ...options, untilStarted: true }), json)
    })
  examples(watch, ['upon run watch brisk-otter', 'upon run watch brisk-otter --timeout 60'])
}
