import { routes, type WorkQueue } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { usage } from './cli-error.ts'
import { columns } from './columns.ts'
import { examples } from './examples.ts'
import { printOne } from './inspect.ts'
import { type ReadOptions, reads } from './list.ts'
import { type Limit, limit, limitValue, wholeNumber } from './option-values.ts'
import { limitText, yesNo } from './words.ts'

interface QueueOptions extends ReadOptions {
  readonly pool: string
  readonly priority?: number
  readonly concurrencyLimit?: Limit
}

/** `upon work-queue`. */
export function registerWorkQueue(program: Command, cli: Cli): void {
  const queue = program.command('work-queue').description('priorities inside a work pool')
  addList(queue, cli)
  addInspect(queue, cli)
  addCreate(queue, cli)
  addUpdate(queue, cli)
  addPause(queue, cli)
  addResume(queue, cli)
  const remove = ofPool(queue.command('delete <name>').description('delete a queue that no deployment uses')).action(
    async (name: string, { pool }: QueueOptions) => {
      await cli.client(remove).call(routes.deleteWorkQueue, { params: { pool, queue: name } })
      cli.print(`- work queue ${pool}/${name}`)
    },
  )
  examples(remove, ['upon work-queue delete urgent --pool my-work-pool'])
}

const ofPool = (command: Command): Command => command.requiredOption('-p, --pool <name>', 'its work pool')

const withMembers = (command: Command): Command =>
  reads(ofPool(command))
    .option('--priority <number>', '1 is served first', wholeNumber(1))
    .option('--concurrency-limit <number>', 'most runs at once, or "none"', limit)

const membersOf = ({ priority, concurrencyLimit }: QueueOptions) => ({
  ...(priority !== undefined && { priority }),
  ...(concurrencyLimit !== undefined && { concurrency_limit: limitValue(concurrencyLimit) }),
})

function addList(queue: Command, cli: Cli): void {
  const list = reads(ofPool(queue.command('ls').description('list the queues of a work pool'))).action(
    async ({ pool, json }: QueueOptions) => {
      const { queues } = await cli.client(list).call(routes.getWorkPool, { params: { pool } })
      if (json) return cli.json(queues)
      const rows = queues.map((one) => [
        one.name,
        String(one.priority),
        yesNo(one.paused),
        limitText(one.concurrency_limit),
      ])
      cli.terminal.out(columns(cli.style, ['NAME', 'PRIORITY', 'PAUSED', 'LIMIT'], rows))
    },
  )
  examples(list, ['upon work-queue ls --pool my-work-pool'])
}

function addInspect(queue: Command, cli: Cli): void {
  const inspect = reads(ofPool(queue.command('inspect <name>').description('show a queue'))).action(
    async (name: string, options: QueueOptions) => {
      const params = { pool: options.pool, queue: name }
      printOne(cli, options, await cli.client(inspect).call(routes.getWorkQueue, { params }))
    },
  )
  examples(inspect, ['upon work-queue inspect default --pool my-work-pool'])
}

function addCreate(queue: Command, cli: Cli): void {
  const create = withMembers(queue.command('create <name>').description('create a queue')).action(
    async (name: string, options: QueueOptions) => {
      const body = { name, ...membersOf(options) }
      const made = await cli.client(create).call(routes.createWorkQueue, { params: { pool: options.pool }, body })
      printChange(cli, options, '+', made)
    },
  )
  examples(create, ['upon work-queue create urgent --pool my-work-pool --priority 1'])
}

function addUpdate(queue: Command, cli: Cli): void {
  const update = withMembers(queue.command('update <name>').description('change members of a queue')).action(
    async (name: string, options: QueueOptions) => {
      const body = membersOf(options)
      if (Object.keys(body).length === 0) throw usage('nothing to change: give --priority or --concurrency-limit')
      const params = { pool: options.pool, queue: name }
      printChange(cli, options, '~', await cli.client(update).call(routes.updateWorkQueue, { params, body }))
    },
  )
  examples(update, ['upon work-queue update urgent --pool my-work-pool --concurrency-limit 2'])
}

function addPause(queue: Command, cli: Cli): void {
  const pause = reads(ofPool(queue.command('pause <name>').description('start no more of its runs'))).action(
    async (name: string, options: QueueOptions) => {
      const params = { pool: options.pool, queue: name }
      printChange(cli, options, '~', await cli.client(pause).call(routes.pauseWorkQueue, { params }))
    },
  )
  examples(pause, ['upon work-queue pause urgent --pool my-work-pool'])
}

function addResume(queue: Command, cli: Cli): void {
  const resume = reads(ofPool(queue.command('resume <name>').description('start its runs again'))).action(
    async (name: string, options: QueueOptions) => {
      const params = { pool: options.pool, queue: name }
      printChange(cli, options, '~', await cli.client(resume).call(routes.resumeWorkQueue, { params }))
    },
  )
  examples(resume, ['upon work-queue resume urgent --pool my-work-pool'])
}

function printChange(cli: Cli, { json, pool }: QueueOptions, sign: string, queue: WorkQueue): void {
  if (json) cli.json(queue)
  else
    cli.print(`${sign} work queue ${pool}/${queue.name}, priority ${queue.priority}${queue.paused ? ', paused' : ''}`)
}
