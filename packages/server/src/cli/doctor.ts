import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { exitCodeOf, type Finding, printFindings } from './doctor/finding.ts'
import { machineChecks } from './doctor/machine-checks.ts'
import { serverChecks } from './doctor/server-checks.ts'
import { examples } from './examples.ts'
import { type ReadOptions, reads } from './list.ts'

const DEFAULT_DIRECTORY = '.upon'

/** `upon doctor`. */
export function registerDoctor(program: Command, cli: Cli): void {
  const doctor = reads(
    program.command('doctor').description('check this machine and the server; fails when something is broken'),
  )
    .option('--data <directory>', `data directory to look at (default: UPON_DATA, else "${DEFAULT_DIRECTORY}")`)
    .action(async ({ data, json }: ReadOptions & { data?: string }) => {
      const client = cli.client(doctor)
      const directory = data || cli.terminal.env.UPON_DATA || DEFAULT_DIRECTORY
      const findings: Finding[] = [
        ...(await machineChecks(cli.terminal, directory)),
        ...(await serverChecks(client, cli.terminal)),
      ]
      if (json) cli.json(findings)
      else printFindings(cli, findings)
      cli.exitCode = exitCodeOf(findings)
    })
  examples(doctor, ['upon doctor', 'upon doctor --data .upon-demo --json'])
}
