import type { Command, Option } from 'commander'
import { createCli } from './cli.ts'
import { examplesOf } from './examples.ts'
import { createProgram } from './program.ts'
import type { Terminal } from './terminal.ts'

/** The reference of the command line in Markdown, made from the commands themselves. */
export async function cliReference(): Promise<string> {
  const program = await createProgram(createCli(silentTerminal), 'all')
  const commands = program.commands.flatMap((command) => sections(command, 'upon'))
  const index = program.commands.map(
    (command) => `- [\`upon ${command.name()}\`](#upon-${command.name()}): ${command.description()}`,
  )
  return [
    '# Command line',
    '',
    '<!-- Generated from packages/server/src/cli: change it there. -->',
    '',
    `${program.description()}`,
    '',
    ...index,
    '',
    '## Every command',
    '',
    'Exit codes: 0 done, 1 failed, 2 the command line is wrong (`upon plan`: 2 when applying would change something).',
    'Colors are left out with `NO_COLOR` and where the output is no terminal. `--json` is for programs.',
    '',
    ...optionTable(program),
    ...commands,
  ].join('\n')
}

function sections(command: Command, before: string): readonly string[] {
  const name = `${before} ${command.name()}`
  const heading = before === 'upon' ? '##' : '###'
  const aliases = command.aliases().map((alias) => `\`${before} ${alias}\``)
  const subcommands = command.commands.filter((child) => child.name() !== 'help')
  const lines = [
    `${heading} ${name}`,
    '',
    `${capital(command.description())}.${aliases.length === 0 ? '' : ` Also ${aliases.join(', ')}.`}`,
    '',
  ]
  if (subcommands.length === 0) lines.push(...usageOf(command, name), ...optionTable(command))
  return [...lines, ...exampleLines(command), ...subcommands.flatMap((child) => sections(child, name))]
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function usageOf(command: Command, name: string): readonly string[] {
  const args = command.registeredArguments.map((argument) => {
    return argument.required ? ` <${argument.name()}>` : ` [${argument.name()}]`
  })
  return ['```', `${name}${args.join('')}${command.options.length > 0 ? ' [options]' : ''}`, '```', '']
}

function optionTable(command: Command): readonly string[] {
  if (command.options.length === 0) return []
  const rows = command.options.map((option) => `| \`${escaped(option.flags)}\` | ${escaped(optionText(option))} |`)
  return ['| option | meaning |', '| --- | --- |', ...rows, '']
}

function optionText({ description, mandatory, argChoices, defaultValue }: Option): string {
  const choices = argChoices === undefined ? '' : ` One of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}.`
  const shown = typeof defaultValue === 'string' || typeof defaultValue === 'number'
  return `${description}${mandatory ? ' (required)' : ''}${shown ? ` (default: \`${defaultValue}\`)` : ''}${choices}`
}

const escaped = (text: string): string => text.replaceAll('|', '\\|')

function exampleLines(command: Command): readonly string[] {
  const lines = examplesOf(command)
  return lines.length === 0 ? [] : ['```sh', ...lines, '```', '']
}

/** Listing commands runs none of them. */
const silentTerminal: Terminal = {
  out: () => {},
  err: () => {},
  flushed: async () => {},
  readInput: async () => '',
  env: {},
  directory: '/',
  color: false,
  now: () => 0,
  wait: async () => {},
  interrupted: () => new AbortController().signal,
}
