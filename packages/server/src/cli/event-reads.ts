import { ID_LABEL } from '@upon/engine'
import { type Event, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { examples } from './examples.ts'
import { outcomeLine } from './explanation-text.ts'
import { printOne } from './inspect.ts'
import { type ListOptions, lists, printList, type ReadOptions, reads } from './list.ts'
import { append, instant, wholeNumber } from './option-values.ts'
import { when } from './words.ts'

interface StreamFilters extends ReadOptions {
  readonly event?: readonly string[]
  readonly resource?: readonly string[]
  readonly related?: readonly string[]
  readonly afterPosition?: number
}

interface EventFilters extends StreamFilters, ListOptions {
  readonly since?: string
  readonly until?: string
  readonly text?: string
  readonly oldestFirst?: true
}

/** `upon event ls|stream|inspect|explain`. */
export function addEventReads(event: Command, cli: Cli): void {
  addList(event, cli)
  addStream(event, cli)
  const inspect = reads(event.command('inspect <id>').description('show an event')).action(
    async (id: string, options: ReadOptions) => {
      printOne(cli, options, await cli.client(inspect).call(routes.getEvent, { params: { event: id } }))
    },
  )
  examples(inspect, ['upon event inspect 018f3b1e-7c1a-7000-8000-000000000000'])
  addExplain(event, cli)
}

const withFilters = (command: Command): Command =>
  command
    .option('--event <name>', 'only of this name, "*" at the end for any ending; repeatable', append)
    .option('-r, --resource <id>', 'only of this resource, "*" at the end for any ending; repeatable', append)
    .option('--related <id>', 'only with this related resource; repeatable', append)
    .option('--after-position <number>', 'only later in the log than this', wholeNumber(0))

const filterOf = ({ event, resource, related, afterPosition }: StreamFilters) => ({
  ...(event && { event: [...event] }),
  ...(resource && { resource: [...resource] }),
  ...(related && { related: [...related] }),
  ...(afterPosition !== undefined && { after_position: afterPosition }),
})

const idOf = (event: Event): string => event.resource[ID_LABEL] ?? ''

function addList(event: Command, cli: Cli): void {
  const list = withFilters(lists(event.command('ls').description('list events, newest first')))
    .option('--since <time>', 'occurred at or after', instant)
    .option('--until <time>', 'occurred at or before', instant)
    .option('--text <text>', 'only with this text in its name, labels or payload')
    .option('--oldest-first', 'in log order')
    .action(async (options: EventFilters) => {
      const { since, until, text, oldestFirst } = options
      const client = cli.client(list)
      const filter = {
        ...filterOf(options),
        ...(since && { since }),
        ...(until && { until }),
        ...(text && { text }),
        order: oldestFirst ? ('asc' as const) : ('desc' as const),
      }
      await printList(cli, {
        options,
        page: (query) => client.call(routes.listEvents, { query: { ...filter, ...query } }),
        headings: ['POSITION', 'OCCURRED', 'EVENT', 'RESOURCE', 'ID'],
        row: (one) => [String(one.position), when(one.occurred), one.event, idOf(one), one.id],
        none: 'no events; "upon event emit NAME --resource ID" sends one',
      })
    })
  examples(list, ['upon event ls', 'upon event ls --event "external.*" --since 2026-01-31T08:00:00Z --json'])
}

function addStream(event: Command, cli: Cli): void {
  const stream = withFilters(reads(event.command('stream').description('follow events as they are recorded')))
  stream.action(async (options: StreamFilters) => {
    const events = cli.client(stream).stream(
      routes.streamEvents,
      { query: filterOf(options) },
      {
        reconnect: true,
        signal: cli.terminal.interrupted(),
        onBroken: () => cli.note('the connection broke; trying again'),
      },
    )
    for await (const one of events) {
      cli.terminal.out(options.json ? `${JSON.stringify(one)}\n` : eventLine(cli, one))
      await cli.terminal.flushed()
    }
  })
  examples(stream, ['upon event stream', 'upon event stream --event "prefect.flow-run.*" --json'])
}

function eventLine({ style }: Cli, event: Event): string {
  const payload = Object.keys(event.payload).length === 0 ? '' : `  ${style.dim(JSON.stringify(event.payload))}`
  return `${style.dim(when(event.occurred))}  ${event.event}  ${style.cyan(idOf(event))}${payload}\n`
}

function addExplain(event: Command, cli: Cli): void {
  const explain = reads(event.command('explain <id>').description('say what an event did and did not launch, and why'))
  explain.action(async (id: string, options: ReadOptions) => {
    const explanation = await cli.client(explain).call(routes.explainEvent, { params: { event: id } })
    if (options.json) return cli.json(explanation)
    const { event: found, outcomes, decided } = explanation
    cli.print(`${found.event} from ${idOf(found)} at position ${found.position}`)
    if (!decided) cli.print('  not decided yet')
    else if (outcomes.length === 0) cli.print(`  no automation expects "${found.event}"`)
    else cli.print(...outcomes.map((outcome) => `  ${outcomeLine(cli.style, outcome)}`))
  })
  examples(explain, ['upon event explain 018f3b1e-7c1a-7000-8000-000000000000'])
}
