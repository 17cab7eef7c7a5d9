import { type ApplyAnswer, type ApplyChange, type Client, routes } from '@upon/sdk'
import type { Command } from 'commander'
import { locateProblems } from './automation-file.ts'
import { readAutomations } from './automation-files.ts'
import { changeSign } from './change-sign.ts'
import type { Cli } from './cli.ts'
import { append } from './option-values.ts'
import type { Style } from './style.ts'
import { count } from './words.ts'

export interface ApplyOptions {
  readonly file: readonly string[]
  readonly prune?: true
  readonly json?: true
}

/** Adds what `apply` and `plan` share. */
export function withFiles(command: Command): Command {
  return command
    .requiredOption(
      '-f, --file <path>',
      'a YAML or JSON file, a directory, or - for standard input; repeatable',
      append,
    )
    .option('--prune', 'remove automations that are in no file and that nothing owns')
    .option('--json', 'print JSON')
}

/** Makes the automations as the files say, or says what that would change. */
export async function sendDocuments(
  cli: Cli,
  client: Client,
  { file, prune }: ApplyOptions,
  dryRun: boolean,
): Promise<ApplyAnswer> {
  const written = await readAutomations(cli, file)
  const body = { documents: written.map(({ input }) => input), prune: prune ?? false, dry_run: dryRun }
  try {
    return await client.call(routes.applyDocuments, { body })
  } catch (error) {
    throw locateProblems(error, written)
  }
}

export function printChanges(cli: Cli, { changes }: ApplyAnswer, dryRun: boolean): void {
  for (const change of changes) {
    cli.print(...changeLines(cli.style, change))
    for (const { path, message } of change.warnings ?? []) {
      cli.note(`  ${cli.style.yellow('warning')} ${change.key}: ${path}: ${message}`)
    }
  }
  const changed = changes.filter(({ change }) => change !== 'unchanged').length
  const verb = dryRun ? 'would change' : 'changed'
  cli.note(`${count(changes.length, 'automation')}, ${changed === 0 ? 'nothing' : changed} ${verb}`)
}

function changeLines(style: Style, { key, change, diff = [] }: ApplyChange): readonly string[] {
  const lines = diff.map(({ path, from, to }) => {
    if (from === undefined) return `      ${path}: ${style.green(JSON.stringify(to))}`
    if (to === undefined) return `      ${path}: ${style.red(JSON.stringify(from))} removed`
    return `      ${path}: ${style.red(JSON.stringify(from))} → ${style.green(JSON.stringify(to))}`
  })
  return [`  ${changeSign(style, change)} automation ${key}`, ...lines]
}
