import { type Run, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { type ReadOptions, reads } from './list.ts'
import { when } from './words.ts'

/** `upon run cancel|start|retry|delete`. */
export function addRunChanges(run: Command, cli: Cli): void {
  const cancel = reads(run.command('cancel <run>').description('cancel a run; one that is running is told to stop'))
    .option('-m, --message <text>', 'why')
    .action(async (name: string, options: ReadOptions & { message?: string }) => {
      const body = options.message === undefined ? {} : { message: options.message }
      printRun(cli, options, await cli.client(cancel).call(routes.cancelRun, { params: { run: name }, body }))
    })
  examples(cancel, ['upon run cancel brisk-otter --message "wrong input"'])

  const start = reads(run.command('start <run>').description('start a scheduled run now')).action(
    async (name: string, options: ReadOptions) => {
      printRun(cli, options, await cli.client(start).call(routes.startRunNow, { params: { run: name } }))
    },
  )
  examples(start, ['upon run start brisk-otter'])

  const retry = reads(run.command('retry <run>').description('run it again, as a new attempt')).action(
    async (name: string, options: ReadOptions) => {
      printRun(cli, options, await cli.client(retry).call(routes.retryRun, { params: { run: name } }))
    },
  )
  examples(retry, ['upon run retry brisk-otter'])

  const remove = run
    .command('delete <run>')
    .description('delete a run that is not executing, with its logs')
    .action(async (name: string) => {
      await cli.client(remove).call(routes.deleteRun, { params: { run: name } })
      cli.print(`- run ${name}`)
    })
  examples(remove, ['upon run delete brisk-otter'])
}

function printRun(cli: Cli, { json }: ReadOptions, run: Run): void {
  const { name, state, scheduled_at } = run
  if (json) cli.json(run)
  else cli.print(`~ run ${name}: ${state.name}${state.type === 'SCHEDULED' ? `, starts ${when(scheduled_at)}` : ''}`)
}
