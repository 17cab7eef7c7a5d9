import { routes } from '@upon/sdk'
import { type Command, Option } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { type ListOptions, lists, printList } from './list.ts'
import { when } from './words.ts'
import { addWorkerStart } from './worker-start.ts'

interface WorkerFilters extends ListOptions {
  readonly pool?: string
  readonly status?: 'online' | 'offline'
}

/** `upon worker`. */
export function registerWorker(program: Command, cli: Cli): void {
  const worker = program.command('worker').description('execute runs in a process of its own')
  addWorkerStart(worker, cli)
  const list = lists(worker.command('ls').description('list workers, latest heartbeat first'))
    .option('-p, --pool <name>', 'only of this work pool')
    .addOption(new Option('--status <status>', 'only these').choices(['online', 'offline']))
    .action(async ({ pool, status, ...options }: WorkerFilters) => {
      const client = cli.client(list)
      const filter = { ...(pool && { pool }), ...(status && { status }) }
      await printList(cli, {
        options,
        page: (query) => client.call(routes.listWorkers, { query: { ...filter, ...query } }),
        headings: ['NAME', 'POOL', 'STATUS', 'RUNNING', 'HEARTBEAT', 'HOST', 'PID'],
        row: (one) => [
          one.name,
          one.pool,
          one.status,
          String(one.running),
          when(one.last_heartbeat),
          one.host,
          String(one.pid),
        ],
        none: 'no workers; "upon worker start --pool POOL" starts one',
      })
    })
  examples(list, ['upon worker ls', 'upon worker ls --pool my-work-pool --status online'])
}
