import { CommanderError } from 'commander'
import { createCli } from './cli.ts'
import { EXIT_USAGE } from './cli-error.ts'
import { commandWords } from './commands.ts'
import { createProgram } from './program.ts'
import { reportError } from './report-error.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command line, without the program's own name; gives the exit code and never throws. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const cli = createCli(terminal)
  try {
    const program = await createProgram(cli, commandWords(argv))
    await program.parseAsync([...argv], { from: 'user' })
    return cli.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
    return reportError(error, cli, argv.includes('--debug'))
  } finally {
    await terminal.flushed()
  }
}
