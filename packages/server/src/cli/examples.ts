import type { Command } from 'commander'

const known = new WeakMap<Command, readonly string[]>()

/** Shows `lines` below the help of a command; each is a command line that works as it is written. */
export function examples(command: Command, lines: readonly string[]): Command {
  known.set(command, lines)
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`)
}

export function examplesOf(command: Command): readonly string[] {
  return known.get(command) ?? []
}
