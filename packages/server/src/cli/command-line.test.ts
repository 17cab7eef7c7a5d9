import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { createCli } from './cli.ts'
import { COMMANDS, commandWords } from './commands.ts'
import { examplesOf } from './examples.ts'
import { createProgram } from './program.ts'
import { cliReference } from './reference.ts'
import { closedUrl, runUpon } from './run-test-cli.ts'
import { createTestTerminal } from './test-terminal.ts'

const withoutSubcommands = (command: Command): readonly Command[] => {
  const children = command.commands.filter((child) => child.name() !== 'help')
  return children.length === 0 ? [command] : children.flatMap(withoutSubcommands)
}

/** Splits as a shell does, as far as the examples go. */
const shellWords = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'))

test('every command has examples, and every example is a command line that parses', async () => {
  const program = await createProgram(createCli(createTestTerminal()), 'all')
  const parsed: string[] = []
  const commands = withoutSubcommands(program)
  for (const command of commands) {
    command.action(() => void parsed.push(command.name()))
    if (command.name() !== 'up') expect(examplesOf(command), command.name()).not.toEqual([])
  }
  const lines = [program, ...commands].flatMap(examplesOf)
  for (const line of lines) {
    const [name, ...words] = shellWords(line)
    expect(name).toBe('upon')
    const before = parsed.length
    await program.parseAsync(words, { from: 'user' })
    expect(parsed.length, line).toBe(before + 1)
  }
  expect(lines.length).toBeGreaterThan(commands.length)
})

test('a command described before it is loaded is described the same afterwards', async () => {
  const cli = createCli(createTestTerminal())
  const loaded = await createProgram(cli, 'all')
  for (const { name, aliases } of COMMANDS) {
    const command = loaded.commands.find((one) => one.name() === name)
    expect(command?.aliases(), name).toEqual(aliases ?? [])
  }
})

test.each([
  [['event', 'ls'], ['event']],
  [['--url', 'http://x', 'event', 'ls'], ['event']],
  [['--debug', '--project', 'a', 'trigger'], ['trigger']],
  [['help', 'deploy'], ['deploy']],
  [['--help'], []],
])('%j loads %j', (argv, expected) => {
  expect(commandWords(argv)).toEqual(expected)
})

test.each([
  [['evnt'], `error: unknown command 'evnt'\n(Did you mean event?)\n`],
  [['event', 'emti'], `error: unknown command 'emti'\n(Did you mean emit?)\n`],
  [['event', 'ls', '--jsn'], `error: unknown option '--jsn'\n(Did you mean --json?)\n`],
  [['event', 'emit', 'a'], `error: required option '-r, --resource <id>' not specified\n`],
  [['run', 'logs'], `error: missing required argument 'run'\n`],
  [['event', 'ls', 'extra'], `error: too many arguments for 'ls'. Expected 0 arguments but got 1.\n`],
  [
    ['event', 'ls', '--limit', 'many'],
    `error: option '--limit <number>' argument 'many' is invalid. Expected a whole number from 1.\n`,
  ],
  [
    ['event', 'emit', 'a', '-r', 'b', '--occurred', 'noon'],
    `error: option '--occurred <time>' argument 'noon' is invalid. Expected an ISO 8601 date and time, such as 2026-01-31T08:00:00Z.\n`,
  ],
  [
    ['launch', 'ls', '--state', 'done'],
    `error: option '--state <state>' argument 'done' is invalid. Allowed choices are pending, running, retrying, succeeded, failed, dead, refused.\n`,
  ],
  [
    ['deployment', 'run', 'a', '--at', '2026-01-31T08:00:00Z', '--after', '1h'],
    'error: give --at or --after, not both\n',
  ],
  [['variable', 'ls', '--url', 'localhost:4400'], /^error: the address of the server must be like http:/],
])('%j is refused in words with exit code 2', async (argv, expected) => {
  const { code, out, err } = await runUpon(argv)
  expect(err).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected))
  expect({ code, out }).toEqual({ code: 2, out: '' })
})

test('a group without a command shows its help and is a usage error; help itself is not', async () => {
  const bare = await runUpon(['automation'])
  expect(bare.code).toBe(2)
  expect(bare.err).toContain('Usage: upon automation|trigger')
  const help = await runUpon(['help', 'automation'])
  expect(help.code).toBe(0)
  expect(help.out).toContain('explain')
  expect((await runUpon(['trigger', 'ls', '--help'])).out).toContain('upon automation ls --disabled --json')
})

test('without a server the address and what to do are said, and a stack only with --debug', async () => {
  const argv = ['event', 'ls', '--url', await closedUrl()]
  const plain = await runUpon(argv)
  expect(plain.code).toBe(1)
  expect(plain.err).toMatch(
    /^error: could not reach http:\/\/127\.0\.0\.1:\d+ \(connection refused\).*start it with "upon up"\n$/,
  )
  expect((await runUpon([...argv, '--debug'])).err).toContain('    at ')
})

test('the reference names every command, its options and its examples', async () => {
  const reference = await cliReference()
  expect(reference).toContain('### upon automation explain')
  expect(reference).toContain('Also `upon flow-run`, `upon execution`.')
  expect(reference).toContain('| `-r, --resource <id>` | id of what it happened to (required) |')
  expect(reference).toContain('upon run logs brisk-otter --follow')
  expect(reference).not.toContain('undefined')
})
