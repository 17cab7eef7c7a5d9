import { routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { printOne } from './inspect.ts'
import { type ListOptions, lists, printList, type ReadOptions, reads } from './list.ts'
import { append } from './option-values.ts'
import { when } from './words.ts'

/** `upon flow`. */
export function registerFlow(program: Command, cli: Cli): void {
  const flow = program.command('flow').description('what groups deployments')
  const list = lists(flow.command('ls').description('list flows'))
    .option('--name <name>', 'only of this name; repeatable', append)
    .action(async (options: ListOptions & { name?: readonly string[] }) => {
      const client = cli.client(list)
      const filter = { ...(options.name && { name: [...options.name] }) }
      await printList(cli, {
        options,
        page: (query) => client.call(routes.listFlows, { query: { ...filter, ...query } }),
        headings: ['NAME', 'TAGS', 'CREATED'],
        row: ({ name, tags, created }) => [name, tags.join(', '), when(created)],
        none: 'no flows; a flow is made with its first deployment',
      })
    })
  examples(list, ['upon flow ls'])
  const inspect = reads(flow.command('inspect <flow>').description('show a flow, by name or id')).action(
    async (name: string, options: ReadOptions) => {
      printOne(cli, options, await cli.client(inspect).call(routes.getFlow, { params: { flow: name } }))
    },
  )
  examples(inspect, ['upon flow inspect decorated-fn'])
}
