import { type Command, Command as Root } from 'commander'
import { VERSION } from '../version.ts'
import { type Cli, DEFAULT_URL } from './cli.ts'
import { COMMANDS, type CommandEntry } from './commands.ts'
import { examples } from './examples.ts'

/** Which commands to load: those the words on the command line name, or all. */
export type Load = 'all' | readonly string[]

/** The tree of commands. Only what is to be loaded is; the others are names with a summary, enough for help and typos. */
export async function createProgram(cli: Cli, load: Load): Promise<Command> {
  const program = new Root('upon')
    .description('Launches workloads when something happens, exactly once, and says why.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .option('--url <url>', `address of the server (default: UPON_URL, else ${DEFAULT_URL})`)
    .option('--token <token>', 'bearer token (default: UPON_TOKEN)')
    .option('--project <key>', 'project, by key or id (default: UPON_PROJECT, else "default")')
    .option('--debug', 'on an error, show where in the program it happened')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => cli.terminal.out(text),
      writeErr: (text) => cli.terminal.err(text),
      getOutHasColors: () => cli.terminal.color,
      getErrHasColors: () => cli.terminal.color,
    })
    .exitOverride()
  examples(program, ['upon up --demo', 'upon deploy --all', 'upon event ls --url http://127.0.0.1:4400 --json'])
  for (const entry of COMMANDS) await addCommand(program, cli, entry, load)
  return program
}

async function addCommand(program: Command, cli: Cli, entry: CommandEntry, load: Load): Promise<void> {
  const names = [entry.name, ...(entry.aliases ?? [])]
  if (load === 'all' || names.some((name) => load.includes(name))) {
    const register = await entry.load()
    register(program, cli)
    return
  }
  program
    .command(entry.name)
    .aliases([...(entry.aliases ?? [])])
    .description(entry.summary)
}
