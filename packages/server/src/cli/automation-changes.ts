import { type Automation, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { type ReadOptions, reads } from './list.ts'

/** `upon automation pause|resume|delete`, with the words other products use. */
export function addAutomationChanges(automation: Command, cli: Cli): void {
  const pause = reads(automation.command('pause <automation>').description('disable an automation'))
    .alias('disable')
    .action(async (name: string, options: ReadOptions) => {
      printState(cli, options, await cli.client(pause).call(routes.disableAutomation, { params: { automation: name } }))
    })
  examples(pause, ['upon automation pause my-deployment__automation_1'])

  const resume = reads(automation.command('resume <automation>').description('enable an automation'))
    .alias('enable')
    .action(async (name: string, options: ReadOptions) => {
      printState(cli, options, await cli.client(resume).call(routes.enableAutomation, { params: { automation: name } }))
    })
  examples(resume, ['upon automation resume my-deployment__automation_1'])

  const remove = automation
    .command('delete <automation>')
    .description('delete an automation; its launches stay')
    .action(async (name: string) => {
      await cli.client(remove).call(routes.deleteAutomation, { params: { automation: name } })
      cli.print(`- automation ${name}`)
    })
  examples(remove, ['upon automation delete my-deployment__automation_1'])
}

function printState(cli: Cli, { json }: ReadOptions, automation: Automation): void {
  if (json) cli.json(automation)
  else
    cli.print(
      `~ automation ${automation.key}: ${automation.enabled ? 'enabled' : 'disabled'}, version ${automation.version}`,
    )
}
