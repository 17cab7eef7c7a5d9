import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DAY } from '@upon/engine'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { destination, pino } from 'pino'
import { systemClock } from '../lib/clock.ts'
import { type RunningServer, startServer } from '../main.ts'
import { aborted } from './aborted.ts'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { append } from './option-values.ts'
import { processEnvironment } from './process-environment.ts'
import type { Style } from './style.ts'

const DEFAULT_PORT = 4400
const DEFAULT_DIRECTORY = '.upon'
const DEMO_DIRECTORY = '.upon-demo'

interface UpOptions {
  readonly demo?: true
  readonly data?: string
  readonly host: string
  readonly port: number
  readonly worker: boolean
  readonly allowOutgoing?: readonly string[]
  readonly keepEvents: number
  readonly keepLaunches: number
  readonly log: string
}

/** `upon up`: the server with a worker in it, until Ctrl-C. */
export function registerUp(program: Command, cli: Cli): void {
  const command = program
    .command('up')
    .description('start the server, with a worker for process work pools in it')
    .option('--demo', `deploy an example, send it events and show what happens (data in ${DEMO_DIRECTORY})`)
    .addOption(
      new Option('--data <directory>', `where everything is kept (default: "${DEFAULT_DIRECTORY}")`).env('UPON_DATA'),
    )
    .option('--host <address>', 'address to listen on; any but this machine needs UPON_TOKEN', '127.0.0.1')
    .addOption(
      new Option('--port <number>', 'port to listen on; 0 takes a free one')
        .env('UPON_PORT')
        .default(DEFAULT_PORT)
        .argParser(portNumber),
    )
    .option('--no-worker', 'run nothing here; workers are started with "upon worker start"')
    .option('--allow-outgoing <network>', 'let actions call this private network, such as 127.0.0.0/8', append)
    .option('--keep-events <days>', 'days events and their ids are kept', days, 7)
    .option('--keep-launches <days>', 'days launches and runs are kept', days, 730)
    .addOption(
      new Option('--log <level>', 'server log on standard error')
        .choices(['silent', 'error', 'warn', 'info'])
        .default('warn'),
    )
    .action((options: UpOptions) => up(cli, options))
  examples(command, ['upon up', 'upon up --demo', 'upon up --data /var/lib/upon --port 8080'])
}

async function up(cli: Cli, options: UpOptions): Promise<void> {
  const began = cli.terminal.now()
  const { env } = cli.terminal
  const directory = options.data ?? (options.demo ? DEMO_DIRECTORY : DEFAULT_DIRECTORY)
  const stop = cli.terminal.interrupted()
  const server = await startServer({
    directory: resolve(cli.terminal.directory, directory),
    host: options.host,
    port: options.port,
    token: env.UPON_TOKEN || null,
    allowOutgoing: options.allowOutgoing ?? [],
    worker: options.worker,
    retention: { events: options.keepEvents * DAY, launches: options.keepLaunches * DAY },
    processEnv: processEnvironment(env),
    ...(env.UPON_PYTHON ? { python: env.UPON_PYTHON } : {}),
    workDirectory: cli.terminal.directory,
    webRoot: fileURLToPath(new URL('../web', import.meta.url)),
    clock: systemClock,
    log: pino({ level: options.log }, destination({ fd: process.stderr.fd, sync: true })),
  })
  try {
    cli.print(banner(cli.style, server, directory, cli.terminal.now() - began))
    if (options.demo) await (await import('./demo.ts')).runDemo(cli, server.url, stop)
    else cli.print(...NEXT_STEPS)
    await aborted(stop)
    cli.note('\nStopping: running processes are told, what was accepted is kept. Ctrl-C again leaves at once.')
  } finally {
    await server.stop()
  }
}

function banner(style: Style, { info, url }: RunningServer, directory: string, startMs: number): string {
  const python = info.python === null ? 'no python' : `python ${info.python}`
  const parts = [url, `${directory} (${info.store})`, python, `ready in ${(startMs / 1000).toFixed(1)} s`]
  return `${style.bold(`Upon ${info.version}`)}   ${parts.join('   ')}`
}

const NEXT_STEPS = [
  'Next, in a second terminal:',
  '  upon deploy --all                    deploy what a prefect.yaml describes, with its triggers',
  '  upon event emit NAME --resource ID   send an event and see what it launches',
  '  upon event stream                    watch events arrive',
]

function portNumber(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('expected 0 to 65535.')
  return port
}

function days(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 36_500)) throw new InvalidArgumentError('expected a number of days above 0.')
  return value
}
