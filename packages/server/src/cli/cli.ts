import { type Client, type ClientOptions, createClient } from '@upon/sdk'
import type { Command } from 'commander'
import { usage } from './cli-error.ts'
import { createStyle, type Style } from './style.ts'
import type { Terminal } from './terminal.ts'

export const DEFAULT_URL = 'http://127.0.0.1:4400'

/** Options every command takes. */
interface GlobalOptions {
  readonly url?: string
  readonly token?: string
  readonly project?: string
}

/** What commands share: the terminal and the way to the server. */
export interface Cli {
  readonly terminal: Terminal
  readonly style: Style
  /** What the process ends with, unless the command throws. */
  exitCode: number
  /** Writes lines to standard output. */
  print(...lines: readonly string[]): void
  /** Writes a line to standard error: for people, not for pipes. */
  note(line: string): void
  /** Writes a value as JSON to standard output. */
  json(value: unknown): void
  /** A client of the server that the command's options name. */
  client(command: Command): Client
}

export function createCli(terminal: Terminal): Cli {
  return {
    terminal,
    style: createStyle(terminal.color),
    exitCode: 0,
    print: (...lines) => terminal.out(lines.map((line) => `${line}\n`).join('')),
    note: (line) => terminal.err(`${line}\n`),
    json: (value) => terminal.out(`${JSON.stringify(value, null, 2)}\n`),
    client: (command) => createClient(serverOptions(command, terminal.env)),
  }
}

/** Which server, as whom and which project: options first, then the environment; empty counts as not set. */
function serverOptions(command: Command, env: Terminal['env']): ClientOptions {
  const { url, token, project } = command.optsWithGlobals<GlobalOptions>()
  return {
    url: checkedUrl(url || env.UPON_URL || DEFAULT_URL),
    token: token || env.UPON_TOKEN || undefined,
    project: project || env.UPON_PROJECT || undefined,
  }
}

function checkedUrl(text: string): string {
  if (/^https?:\/\/[^/]/.test(text) && URL.canParse(text)) return text
  throw usage(`the address of the server must be like ${DEFAULT_URL}, not "${text}"`)
}
