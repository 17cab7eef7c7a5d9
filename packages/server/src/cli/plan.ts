import type { Command } from 'commander'
import { type ApplyOptions, printChanges, sendDocuments, withFiles } from './apply-request.ts'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'

/** What `plan` ends with when applying would change something. */
export const EXIT_DIFFERS = 2

/** `upon plan`. */
export function registerPlan(program: Command, cli: Cli): void {
  const plan = withFiles(
    program.command('plan').description('say what apply would change; ends with 2 when that is anything'),
  ).action(async (options: ApplyOptions) => {
    const answer = await sendDocuments(cli, cli.client(plan), options, true)
    if (options.json) cli.json(answer)
    else printChanges(cli, answer, true)
    if (answer.changes.some(({ change }) => change !== 'unchanged')) cli.exitCode = EXIT_DIFFERS
  })
  examples(plan, ['upon plan -f automations/', 'upon plan -f automations --prune --json'])
}
