import type { JsonObject } from '@upon/engine'
import { type RunInput, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import { usage } from './cli-error.ts'
import { examples } from './examples.ts'
import { followRun } from './follow-run.ts'
import { type ReadOptions, reads } from './list.ts'
import { append, instant, jsonPairs } from './option-values.ts'
import { readJsonObject } from './read-json.ts'
import { followOptions, showOutcome } from './show-outcome.ts'
import { when } from './words.ts'

interface RunOptions extends ReadOptions {
  readonly param?: JsonObject
  readonly params?: string
  readonly jobVariable?: JsonObject
  readonly name?: string
  readonly tag?: readonly string[]
  readonly at?: string
  readonly after?: string
  readonly idempotencyKey?: string
  readonly watch?: true
}

/** `upon deployment run`. */
export function addDeploymentRun(deployment: Command, cli: Cli): void {
  const run = reads(deployment.command('run <name>').description('run a deployment: flow/name, key or id'))
    .option('-p, --param <key=value>', 'a parameter, as JSON or text; repeatable', jsonPairs)
    .option('--params <json>', 'parameters: a JSON object, @file, or - for standard input')
    .option('--job-variable <key=value>', 'override for the infrastructure, as JSON or text; repeatable', jsonPairs)
    .option('-n, --name <name>', 'name of the run; two words are drawn when left out')
    .option('--tag <tag>', 'tag the run; repeatable', append)
    .option('--at <time>', 'start then', instant)
    .option('--after <duration>', 'start this much later, such as 30s or 1h')
    .option('--idempotency-key <key>', 'the same key again answers with the first run')
    .option('--watch', 'follow the run to its end; fails when it does')
    .action(async (name: string, options: RunOptions) => {
      if (options.at !== undefined && options.after !== undefined) throw usage('give --at or --after, not both')
      const client = cli.client(run)
      const body = await runInput(cli, options)
      const made = await client.call(routes.createRun, { params: { deployment: name }, body })
      if (options.watch) {
        const steps = followRun(client, made.id, { ...followOptions(cli, undefined), untilStarted: true })
        await showOutcome(cli, steps, options.json)
      } else if (options.json) cli.json(made)
      else
        cli.print(
          `+ run ${made.name}: ${made.state.name}${startText(made.scheduled_at, cli)}`,
          `follow it with: upon run watch ${made.name}`,
        )
    })
  examples(run, [
    'upon deployment run decorated-fn/my-deployment -p n=41 --watch',
    `upon deployment run decorated-fn/my-deployment --params '{"event": {"payload": {"n": 41}}}' --after 10m`,
  ])
}

async function runInput(cli: Cli, options: RunOptions): Promise<RunInput> {
  const { param, params, jobVariable, name, tag, at, after, idempotencyKey } = options
  const parameters = { ...(params === undefined ? {} : await readJsonObject(cli, '--params', params)), ...param }
  return {
    parameters,
    ...(jobVariable && { job_variables: jobVariable }),
    ...(name && { name }),
    ...(tag && { tags: [...tag] }),
    ...(at && { scheduled_at: at }),
    ...(after && { schedule_after: after }),
    ...(idempotencyKey && { idempotency_key: idempotencyKey }),
  }
}

const startText = (scheduled: string, { terminal }: Cli): string =>
  Date.parse(scheduled) > terminal.now() ? `, starts ${when(scheduled)}` : ''
