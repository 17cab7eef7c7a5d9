import type { Command } from 'commander'
import { type ApplyOptions, printChanges, sendDocuments, withFiles } from './apply-request.ts'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'

/** `upon apply`. */
export function registerApply(program: Command, cli: Cli): void {
  const apply = withFiles(program.command('apply').description('make the automations as files say'))
    .option('--dry-run', 'only say what would change')
    .action(async (options: ApplyOptions & { dryRun?: true }) => {
      const dryRun = options.dryRun ?? false
      const answer = await sendDocuments(cli, cli.client(apply), options, dryRun)
      if (options.json) cli.json(answer)
      else printChanges(cli, answer, dryRun)
    })
  examples(apply, [
    'upon apply -f automations/',
    'upon apply -f alerts.yaml --dry-run',
    'upon apply -f automations --prune',
  ])
}
