import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { addRunChanges } from './run-changes.ts'
import { addRunLogs } from './run-logs.ts'
import { addRunReads } from './run-reads.ts'

/** `upon run`. */
export function registerRun(program: Command, cli: Cli): void {
  const run = program.command('run').aliases(['flow-run', 'execution']).description('what is, was or will be executed')
  addRunReads(run, cli)
  addRunLogs(run, cli)
  addRunChanges(run, cli)
}
