import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { styleText } from 'node:util'
import { DAY } from '@upon/engine'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { pino } from 'pino'
import { systemClock } from '../lib/clock.ts'
import { type RunningServer, startServer } from '../main.ts'

const DEFAULT_PORT = 4400
const DEFAULT_DIRECTORY = '.upon'
const DEMO_DIRECTORY = '.upon-demo'

interface UpOptions {
  readonly demo?: true
  readonly data?: string
  readonly host: string
  readonly port: number
  readonly worker: boolean
  readonly allowOutgoing: readonly string[]
  readonly keepEvents: number
  readonly keepLaunches: number
  readonly log: string
}

/** `upon up`: the server with a worker in it, until Ctrl-C. */
export function registerUp(program: Command): void {
  program
    .command('up')
    .description('start the server, with a worker for process work pools in it')
    .option('--demo', `deploy an example, send it events and show what happens (data in ${DEMO_DIRECTORY})`)
    .option('--data <directory>', `where everything is kept (default: "${DEFAULT_DIRECTORY}", or UPON_DATA)`)
    .option('--host <address>', 'address to listen on; any but this machine needs UPON_TOKEN', '127.0.0.1')
    .addOption(
      new Option('--port <number>', 'port to listen on; 0 takes a free one')
        .env('UPON_PORT')
        .default(DEFAULT_PORT)
        .argParser(portNumber),
    )
    .option('--no-worker', 'run nothing here; workers are started with "upon worker start"')
    .option('--allow-outgoing <network>', 'let actions call this private network, such as 127.0.0.0/8', append, [])
    .option('--keep-events <days>', 'days events and their ids are kept', days, 7)
    .option('--keep-launches <days>', 'days launches and runs are kept', days, 730)
    .addOption(
      new Option('--log <level>', 'server log on stderr')
        .choices(['silent', 'error', 'warn', 'info', 'debug'])
        .default('warn'),
    )
    .addHelpText('after', '\nExamples:\n  upon up\n  upon up --demo\n  upon up --data /var/lib/upon --port 8080')
    .action(up)
}

async function up(options: UpOptions): Promise<void> {
  const began = performance.now()
  const directory = options.data ?? process.env.UPON_DATA ?? (options.demo ? DEMO_DIRECTORY : DEFAULT_DIRECTORY)
  const server = await startServer({
    directory: resolve(directory),
    host: options.host,
    port: options.port,
    token: process.env.UPON_TOKEN ?? null,
    allowOutgoing: options.allowOutgoing,
    worker: options.worker,
    retention: { events: options.keepEvents * DAY, launches: options.keepLaunches * DAY },
    processEnv: processEnvironment(process.env),
    ...(process.env.UPON_PYTHON === undefined ? {} : { python: process.env.UPON_PYTHON }),
    webRoot: fileURLToPath(new URL('../web', import.meta.url)),
    clock: systemClock,
    log: pino({ level: options.log }, process.stderr),
  })
  const ended = stopOnSignal(server)
  printBanner(server, directory, performance.now() - began)
  if (options.demo) {
    const { runDemo } = await import('./demo.ts')
    await Promise.race([runDemo(server.url, process.env.UPON_TOKEN, process.stdout), ended])
  } else {
    printNextSteps()
  }
  await ended
}

/** Resolves when the server has stopped after Ctrl-C or SIGTERM; a second signal ends the process at once. */
function stopOnSignal(server: RunningServer): Promise<void> {
  return new Promise((ended, failed) => {
    let stopping = false
    const stop = () => {
      if (stopping) process.exit(130)
      stopping = true
      process.stderr.write('\nStopping. Running processes are told; press Ctrl-C again to leave at once.\n')
      server.stop().then(ended, failed)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

function printBanner({ info, url }: RunningServer, directory: string, startMs: number): void {
  const python = info.python === null ? 'no python' : `python ${info.python}`
  const parts = [url, `${directory} (${info.store})`, python, `ready in ${(startMs / 1000).toFixed(1)} s`]
  process.stdout.write(`${styleText('bold', `Upon ${info.version}`)}   ${parts.join('   ')}\n`)
}

function printNextSteps(): void {
  process.stdout.write(
    [
      'Next, in a second terminal:',
      '  upon deploy --all                    deploy what a prefect.yaml describes, with its triggers',
      '  upon event emit NAME --resource ID   send an event and see what it launches',
      '  upon event stream                    watch events arrive',
      '',
    ].join('\n'),
  )
}

/** What user processes inherit: all but the server's own secrets. */
function processEnvironment(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const { UPON_TOKEN: _token, ...rest } = env
  return Object.fromEntries(Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

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

const append = (text: string, before: readonly string[]): readonly string[] => [...before, text]

/** The example the demo deploys: in a checkout beside the packages, else as shipped with the program. */
export function exampleDirectory(name: string): string {
  const checkout = fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url))
  return existsSync(join(checkout, 'prefect.yaml'))
    ? checkout
    : fileURLToPath(new URL(`../examples/${name}`, import.meta.url))
}
