import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, type Event, routes } from '@upon/sdk'
import type { Cli } from './cli.ts'
import { CliError } from './cli-error.ts'
import { followOutcome } from './follow-outcome.ts'
import { createOutcomeText } from './outcome-text.ts'
import { runCli } from './run-cli.ts'

const PINGED = 'external.resource.pinged'
const RESOURCE = 'my.external.resource'
/** Column of the file name beside the first command. */
const COMMAND_CHARS = 59

/** Deploys the example, sends it two events, and shows what everything sent after that does, until `stop`. */
export async function runDemo(cli: Cli, url: string, stop: AbortSignal): Promise<void> {
  const file = join(exampleDirectory('pinged'), 'prefect.yaml')
  const shown = relative(cli.terminal.directory, file)
  cli.print(`$ upon deploy --all`.padEnd(COMMAND_CHARS) + shown)
  const notDeployed = await command(cli, url, ['deploy', '--all', '--prefect-file', shown])
  if (notDeployed !== null) throw new CliError(`the demo could not go on: ${notDeployed}`)
  cli.print(`$ upon event emit ${PINGED} --resource ${RESOURCE} --payload '{"n":41}'`)
  await emit(cli, url, ['--resource', RESOURCE, '--payload', '{"n":41}'])
  cli.print(`$ upon event emit ${PINGED} --resource other.resource`)
  await emit(cli, url, ['--resource', 'other.resource'])
  const event = { event: PINGED, resource: { 'prefect.resource.id': RESOURCE }, payload: { n: 42 } }
  cli.print(
    `Your turn, in a second terminal:  curl -X POST ${url}/api/v1/events -H 'content-type: application/json' -d '${JSON.stringify(event)}'`,
    'Watching. Ctrl-C stops; nothing is lost.',
  )
  await watch(cli, url, stop)
}

/** Runs a command as a second terminal would. Gives what it said beside its output if it failed, else null. */
async function command(cli: Cli, url: string, argv: readonly string[]): Promise<string | null> {
  const notes: string[] = []
  const terminal = { ...cli.terminal, err: (text: string) => void notes.push(text) }
  const code = await runCli([...argv, '--url', url], terminal)
  return code === 0 ? null : notes.join('').trimEnd()
}

/** A run that fails, as it does without Python, has said so and is no reason to stop. */
async function emit(cli: Cli, url: string, argv: readonly string[]): Promise<void> {
  const notes = await command(cli, url, ['event', 'emit', PINGED, ...argv])
  if (notes) cli.note(notes)
}

/** Shows each event from outside with what came of it, one after the other. */
async function watch(cli: Cli, url: string, stop: AbortSignal): Promise<void> {
  const token = cli.terminal.env.UPON_TOKEN || undefined
  const client = createClient({ url, token })
  const { now, wait } = cli.terminal
  const text = createOutcomeText(cli.style, cli.terminal.out)
  try {
    for await (const event of client.stream(routes.streamEvents, {}, { signal: stop, reconnect: true })) {
      if (event.source === 'upon') continue
      cli.print(headline(event))
      for await (const step of followOutcome(client, event.id, { signal: stop, now, wait })) text.step(step)
    }
  } catch (error) {
    if (!stop.aborted) throw error
  } finally {
    text.close()
  }
}

const headline = (event: Event): string => `${event.event}  ${event.resource['prefect.resource.id']}`

/** Where an example is: in a checkout beside the packages, else as shipped with the program. */
function exampleDirectory(name: string): string {
  const checkout = fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url))
  if (existsSync(join(checkout, 'prefect.yaml'))) return checkout
  return fileURLToPath(new URL(`../examples/${name}`, import.meta.url))
}
