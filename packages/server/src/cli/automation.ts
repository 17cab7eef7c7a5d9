import type { Command } from 'commander'
import { addAutomationChanges } from './automation-changes.ts'
import { addAutomationExplain } from './automation-explain.ts'
import { addAutomationReads } from './automation-reads.ts'
import { addAutomationWrites } from './automation-writes.ts'
import type { Cli } from './cli.ts'

/** `upon automation`. */
export function registerAutomation(program: Command, cli: Cli): void {
  const automation = program
    .command('automation')
    .alias('trigger')
    .description('when something happens, do this; named by key, name or id')
  addAutomationReads(automation, cli)
  addAutomationWrites(automation, cli)
  addAutomationChanges(automation, cli)
  addAutomationExplain(automation, cli)
}
