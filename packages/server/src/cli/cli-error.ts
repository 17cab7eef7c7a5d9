export const EXIT_FAILED = 1
export const EXIT_USAGE = 2

/** A command that could not do what it was asked; the message is all its user needs. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: number
  constructor(message: string, exitCode: number = EXIT_FAILED) {
    super(message)
    this.exitCode = exitCode
  }
}

/** The command line itself is wrong. */
export const usage = (message: string): CliError => new CliError(message, EXIT_USAGE)
