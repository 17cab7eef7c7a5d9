import { processTerminal } from './process-terminal.ts'
import { runCli } from './run-cli.ts'

/** Runs the command line of this process and leaves its exit code behind. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await runCli(argv, processTerminal())
}
