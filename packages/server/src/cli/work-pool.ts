import { routes, type WorkPool } from '@upon/sdk'
import { type Command, Option } from 'commander'
import type { Cli } from './cli.ts'
import { usage } from './cli-error.ts'
import { examples } from './examples.ts'
import { printOne } from './inspect.ts'
import { type ListOptions, lists, printList, type ReadOptions, reads } from './list.ts'
import { type Limit, limit, limitValue } from './option-values.ts'
import { readJsonObject } from './read-json.ts'
import { limitText, yesNo } from './words.ts'

/** `upon work-pool`. */
export function registerWorkPool(program: Command, cli: Cli): void {
  const pool = program.command('work-pool').description('where runs wait for workers')
  addList(pool, cli)
  addInspect(pool, cli)
  addCreate(pool, cli)
  addUpdate(pool, cli)
  addPause(pool, cli)
  addResume(pool, cli)
  const remove = pool
    .command('delete <name>')
    .description('delete a work pool that no deployment uses')
    .action(async (name: string) => {
      await cli.client(remove).call(routes.deleteWorkPool, { params: { pool: name } })
      cli.print(`- work pool ${name}`)
    })
  examples(remove, ['upon work-pool delete my-work-pool'])
}

function addList(pool: Command, cli: Cli): void {
  const list = lists(pool.command('ls').description('list work pools')).action(async (options: ListOptions) => {
    const client = cli.client(list)
    await printList(cli, {
      options,
      page: (query) => client.call(routes.listWorkPools, { query }),
      headings: ['NAME', 'TYPE', 'PAUSED', 'LIMIT', 'QUEUES', 'DESCRIPTION'],
      row: (one) => [
        one.name,
        one.type,
        yesNo(one.paused),
        limitText(one.concurrency_limit),
        one.queues.map(({ name }) => name).join(', '),
        one.description,
      ],
      none: 'no work pools; "upon deploy" makes those it needs',
    })
  })
  examples(list, ['upon work-pool ls'])
}

function addInspect(pool: Command, cli: Cli): void {
  const inspect = reads(pool.command('inspect <name>').description('show a work pool with its queues')).action(
    async (name: string, options: ReadOptions) => {
      printOne(cli, options, await cli.client(inspect).call(routes.getWorkPool, { params: { pool: name } }))
    },
  )
  examples(inspect, ['upon work-pool inspect my-work-pool'])
}

interface PoolOptions extends ReadOptions {
  readonly description?: string
  readonly concurrencyLimit?: Limit
  readonly jobVariables?: string
}

const withMembers = (command: Command): Command =>
  reads(command)
    .option('--description <text>', 'what it is for')
    .option('--concurrency-limit <number>', 'most runs at once, or "none"', limit)
    .option('--job-variables <json>', 'defaults for its runs: a JSON object, @file, or - for standard input')

async function membersOf(cli: Cli, { description, concurrencyLimit, jobVariables }: PoolOptions) {
  return {
    ...(description !== undefined && { description }),
    ...(concurrencyLimit !== undefined && { concurrency_limit: limitValue(concurrencyLimit) }),
    ...(jobVariables !== undefined && { job_variables: await readJsonObject(cli, '--job-variables', jobVariables) }),
  }
}

function addCreate(pool: Command, cli: Cli): void {
  const create = withMembers(pool.command('create <name>').description('create a work pool'))
    .addOption(new Option('--type <type>', 'kind of infrastructure').choices(['process']).default('process'))
    .option('--paused', 'start no runs yet')
    .action(async (name: string, options: PoolOptions & { type: 'process'; paused?: true }) => {
      const members = await membersOf(cli, options)
      const body = { name, type: options.type, paused: options.paused ?? false, ...members }
      printChange(cli, options, '+', await cli.client(create).call(routes.createWorkPool, { body }))
    })
  examples(create, ['upon work-pool create my-work-pool --concurrency-limit 4'])
}

function addUpdate(pool: Command, cli: Cli): void {
  const update = withMembers(pool.command('update <name>').description('change members of a work pool')).action(
    async (name: string, options: PoolOptions) => {
      const body = await membersOf(cli, options)
      if (Object.keys(body).length === 0)
        throw usage('nothing to change: give --description, --concurrency-limit or --job-variables')
      printChange(
        cli,
        options,
        '~',
        await cli.client(update).call(routes.updateWorkPool, { params: { pool: name }, body }),
      )
    },
  )
  examples(update, ['upon work-pool update my-work-pool --concurrency-limit none'])
}

function addPause(pool: Command, cli: Cli): void {
  const pause = reads(pool.command('pause <name>').description('start no more of its runs')).action(
    async (name: string, options: ReadOptions) => {
      printChange(cli, options, '~', await cli.client(pause).call(routes.pauseWorkPool, { params: { pool: name } }))
    },
  )
  examples(pause, ['upon work-pool pause my-work-pool'])
}

function addResume(pool: Command, cli: Cli): void {
  const resume = reads(pool.command('resume <name>').description('start its runs again')).action(
    async (name: string, options: ReadOptions) => {
      printChange(cli, options, '~', await cli.client(resume).call(routes.resumeWorkPool, { params: { pool: name } }))
    },
  )
  examples(resume, ['upon work-pool resume my-work-pool'])
}

function printChange(cli: Cli, { json }: ReadOptions, sign: string, pool: WorkPool): void {
  if (json) cli.json(pool)
  else cli.print(`${sign} work pool ${pool.name} (${pool.type})${pool.paused ? ', paused' : ''}`)
}
