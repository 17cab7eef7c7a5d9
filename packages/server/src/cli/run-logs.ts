import { type LogLine, routes } from '@upon/sdk'
import { type Command, Option } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { type ReadOptions, reads } from './list.ts'
import { wholeNumber } from './option-values.ts'

const LINES_PER_PAGE = 200

interface LogOptions extends ReadOptions {
  readonly follow?: true
  readonly attempt?: number
  readonly stream?: 'stdout' | 'stderr' | 'system'
  readonly timestamps?: true
}

/** `upon run logs`. */
export function addRunLogs(run: Command, cli: Cli): void {
  const logs = reads(run.command('logs <run>').description('print what a run wrote'))
    .option('-f, --follow', 'go on until the run ends')
    .option('--attempt <number>', 'only of this attempt', wholeNumber(1))
    .addOption(new Option('--stream <name>', 'only this one').choices(['stdout', 'stderr', 'system']))
    .option('--timestamps', 'begin each line with its time')
    .action(async (name: string, options: LogOptions) => {
      const lines = options.follow ? followLogs(cli, logs, name) : allLogs(cli, logs, name, options)
      for await (const line of lines) {
        if (!isWanted(line, options)) continue
        cli.terminal.out(options.json ? `${JSON.stringify(line)}\n` : lineText(cli, line, options))
        await cli.terminal.flushed()
      }
    })
  examples(logs, ['upon run logs brisk-otter', 'upon run logs brisk-otter --follow'])
}

async function* followLogs(cli: Cli, command: Command, run: string): AsyncGenerator<LogLine, void> {
  const client = cli.client(command)
  yield* client.stream(
    routes.streamRunLogs,
    { params: { run } },
    { reconnect: true, signal: cli.terminal.interrupted() },
  )
}

async function* allLogs(cli: Cli, command: Command, run: string, options: LogOptions): AsyncGenerator<LogLine, void> {
  const client = cli.client(command)
  const filter = {
    ...(options.attempt !== undefined && { attempt: options.attempt }),
    ...(options.stream && { stream: options.stream }),
    limit: LINES_PER_PAGE,
  }
  let cursor: string | null = null
  do {
    const page: { items: LogLine[]; next_cursor: string | null } = await client.call(routes.listRunLogs, {
      params: { run },
      query: { ...filter, ...(cursor !== null && { cursor }) },
    })
    yield* page.items
    cursor = page.next_cursor
  } while (cursor !== null)
}

const isWanted = (line: LogLine, { attempt, stream }: LogOptions): boolean =>
  (attempt === undefined || line.attempt === attempt) && (stream === undefined || line.stream === stream)

function lineText({ style }: Cli, { stream, at, text }: LogLine, { timestamps }: LogOptions): string {
  const time = timestamps ? `${style.dim(at)} ` : ''
  const shown = stream === 'stdout' ? text : stream === 'stderr' ? style.yellow(text) : style.dim(text)
  return `${time}${shown}\n`
}
