import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { addEventEmit } from './event-emit.ts'
import { addEventReads } from './event-reads.ts'

/** `upon event`. */
export function registerEvent(program: Command, cli: Cli): void {
  const event = program.command('event').description('send events, look at them, and ask what they launched')
  addEventEmit(event, cli)
  addEventReads(event, cli)
}
