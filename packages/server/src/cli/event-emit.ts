import { type Client, type IngestAnswer, type Run, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { CliError } from './cli-error.ts'
import { type EventOptions, eventInput, relatedResource } from './event-input.ts'
import { examples } from './examples.ts'
import { followOutcome, type OutcomeStep } from './follow-outcome.ts'
import { instant, pairs, seconds } from './option-values.ts'
import { problemLine } from './report-error.ts'
import { followOptions, showOutcome } from './show-outcome.ts'

const TIMEOUT_S = 300

interface EmitOptions extends EventOptions {
  readonly wait: boolean
  readonly timeout: number
  readonly json?: true
}

/** `upon event emit`. */
export function addEventEmit(event: Command, cli: Cli): void {
  const emit = event
    .command('emit <name>')
    .description('send an event, and follow what it launches; fails when that does')
    .requiredOption('-r, --resource <id>', 'id of what it happened to')
    .option('-l, --label <key=value>', 'another label of the resource; repeatable', pairs)
    .option('--related <labels>', 'a related resource: role=…,id=…[,key=value]; repeatable', relatedResource)
    .option('-p, --payload <json>', 'anything else worth knowing: a JSON object, @file, or - for standard input')
    .option('--id <uuid>', 'identity of the event: sending the same one again changes nothing')
    .option('--occurred <time>', 'when it happened; now when left out', instant)
    .option('--follows <id>', 'the event known to come before this one')
    .option('--no-wait', 'do not wait for what it launches')
    .option('--timeout <seconds>', 'wait this long at most', seconds, TIMEOUT_S)
    .option('--json', 'print JSON: what was accepted, then a line for each step')
    .action(async (name: string, options: EmitOptions) => {
      const client = cli.client(emit)
      const body = await eventInput(cli, name, options)
      const receipt = accepted(await client.call(routes.sendEvents, { body }))
      if (options.json) cli.terminal.out(`${JSON.stringify({ kind: 'accepted', ...receipt })}\n`)
      else if (receipt.duplicate) cli.note(`sent before, at position ${receipt.position}; nothing changed`)
      if (options.wait) await follow(cli, client, receipt.id, options)
      else if (!options.json) cli.print(`accepted ${receipt.id} at position ${receipt.position}`)
    })
  examples(emit, [
    `upon event emit external.resource.pinged --resource my.external.resource --payload '{"n": 41}'`,
    'upon event emit dataset.arrived -r s3://images/1 -l env=prod --related role=flow,id=prefect.flow.1 --no-wait',
    'upon event emit report.ready -r reports/7 --payload @report.json --json',
  ])
}

interface Receipt {
  readonly id: string
  readonly position: number
  readonly duplicate: boolean
}

function accepted({ accepted: [fresh], duplicates: [known], rejected }: IngestAnswer): Receipt {
  const receipt = fresh ?? known
  if (receipt !== undefined) return { id: receipt.id, position: receipt.position, duplicate: fresh === undefined }
  const lines = rejected.flatMap(({ problem }) => [problem.detail, ...(problem.problems ?? []).map(problemLine)])
  throw new CliError(lines.join('\n') || 'the event was not accepted')
}

async function follow(cli: Cli, client: Client, id: string, { timeout, json }: EmitOptions): Promise<void> {
  const steps = followOutcome(client, id, followOptions(cli, timeout * 1_000))
  const { seen, last } = remember(steps)
  await showOutcome(cli, seen, json)
  const step = last()
  if (step?.kind === 'unfinished' && !json) cli.note(whatNext(id, step.run))
}

function whatNext(event: string, run: Run | null): string {
  if (run === null) return `what became of it: upon event explain ${event}`
  const waits = run.state.type === 'SCHEDULED' || run.state.type === 'PENDING'
  const hint = waits ? `; it waits for a worker of ${run.work_pool ?? 'its work pool'}: upon worker ls` : ''
  return `it goes on without this command: upon run watch ${run.name}${hint}`
}

/** The same steps, and the last of them afterwards. */
function remember(steps: AsyncIterable<OutcomeStep>) {
  let last: OutcomeStep | undefined
  async function* seen() {
    for await (const step of steps) {
      last = step
      yield step
    }
  }
  return { seen: seen(), last: () => last }
}
