import { stringify } from 'yaml'
import type { Cli } from './cli.ts'
import type { ReadOptions } from './list.ts'

const LINE_WIDTH = 120

/** Prints one thing with all its members: as YAML, which people read more easily, or as JSON. */
export function printOne(cli: Cli, options: ReadOptions, value: unknown): void {
  if (options.json) cli.json(value)
  else cli.terminal.out(stringify(value, { lineWidth: LINE_WIDTH }))
}
