import { LAUNCH_STATES, type Launch, type LaunchState, routes } from '@upon/sdk'
import { type Command, Option } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { printOne } from './inspect.ts'
import { type ListOptions, lists, printList, type ReadOptions, reads } from './list.ts'
import { instant } from './option-values.ts'
import { when } from './words.ts'

/** `upon launch`. */
export function registerLaunch(program: Command, cli: Cli): void {
  const launch = program.command('launch').description('the log of firings and what was done about them')
  const list = withLaunchFilters(launch.command('ls').description('list launches, newest first'))
    .option('--automation <name>', 'only of this automation: key, name or id')
    .action(async (options: LaunchFilters & { automation?: string }) => {
      await printLaunches(cli, list, options, options.automation)
    })
  examples(list, ['upon launch ls', 'upon launch ls --state dead --state refused'])
  const inspect = reads(launch.command('inspect <launch>').description('show a launch with its actions')).action(
    async (id: string, options: ReadOptions) => {
      printOne(cli, options, await cli.client(inspect).call(routes.getLaunch, { params: { launch: id } }))
    },
  )
  examples(inspect, ['upon launch inspect 018f3b1e-7c1a-7000-8000-000000000000'])
}

export interface LaunchFilters extends ListOptions {
  readonly state?: readonly LaunchState[]
  readonly event?: string
  readonly since?: string
  readonly until?: string
}

export function withLaunchFilters(command: Command): Command {
  const state = new Option('--state <state>', 'only in this state; repeatable').choices(LAUNCH_STATES)
  const choose = state.parseArg
  // `choices` checks one value; collecting several is left to us.
  state.argParser((text: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    choose?.(text, '') ?? text,
  ])
  return lists(command)
    .addOption(state)
    .option('--event <id>', 'only those this event launched')
    .option('--since <time>', 'fired at or after', instant)
    .option('--until <time>', 'fired at or before', instant)
}

export async function printLaunches(
  cli: Cli,
  command: Command,
  options: LaunchFilters,
  automation: string | undefined,
): Promise<void> {
  const client = cli.client(command)
  const filter = {
    ...(automation !== undefined && { automation }),
    ...(options.state && { state: [...options.state] }),
    ...(options.event && { event_id: options.event }),
    ...(options.since && { since: options.since }),
    ...(options.until && { until: options.until }),
  }
  await printList(cli, {
    options,
    page: (query) => client.call(routes.listLaunches, { query: { ...filter, ...query } }),
    headings: ['FIRED', 'AUTOMATION', 'STATE', 'ACTIONS', 'ID'],
    row: (launch) => [when(launch.fired_at), launch.automation.key, launch.state, outcomeOf(launch), launch.id],
    none: 'no launches',
  })
}

function outcomeOf({ reason, actions }: Launch): string {
  if (reason !== null) return reason.detail
  return actions
    .map(({ type, state, result, error }) => {
      const made = typeof result?.run_name === 'string' ? ` ${result.run_name}` : ''
      return `${type} ${state}${made}${error === null ? '' : `: ${error}`}`
    })
    .join('; ')
}
