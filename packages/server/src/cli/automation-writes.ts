import { type Automation, type AutomationPatch, routes } from '@upon/sdk'
import type { Command } from 'commander'
import type { SourceDocument } from '../define/source-document.ts'
import { checkAutomation, isAutomationInput, locateProblems, readDocuments } from './automation-file.ts'
import type { Cli } from './cli.ts'
import { CliError, usage } from './cli-error.ts'
import { examples } from './examples.ts'
import { type ReadOptions, reads } from './list.ts'
import { append } from './option-values.ts'
import { triggerText } from './trigger-text.ts'

/** `upon automation create|update`. */
export function addAutomationWrites(automation: Command, cli: Cli): void {
  addCreate(automation, cli)
  addUpdate(automation, cli)
}

function addCreate(automation: Command, cli: Cli): void {
  const create = reads(automation.command('create').description('create the automations of a file'))
    .requiredOption('-f, --file <path>', 'a YAML or JSON file, or - for standard input')
    .action(async ({ file, json }: ReadOptions & { file: string }) => {
      const client = cli.client(create)
      const documents = await readDocuments(cli, file)
      if (documents.length === 0) throw new CliError(`${file} has no automation`)
      for (const document of documents) checkAutomation(document)
      const made: Automation[] = []
      for (const source of documents) {
        const body = inputOf(source)
        made.push(
          await client.call(routes.createAutomation, { body }).catch((error: unknown) => {
            throw locateProblems(error, [{ source, input: body }])
          }),
        )
      }
      if (json) cli.json(made)
      else for (const one of made) printSaved(cli, '+', one)
    })
  examples(create, ['upon automation create -f alert.yaml'])
}

function inputOf({ value }: SourceDocument) {
  if (!isAutomationInput(value)) throw new CliError('expected an automation: an object with a trigger and actions')
  return value
}

interface UpdateOptions extends ReadOptions {
  readonly file?: string
  readonly name?: string
  readonly description?: string
  readonly tag?: readonly string[]
}

function addUpdate(automation: Command, cli: Cli): void {
  const update = reads(automation.command('update <automation>').description('change an automation'))
    .option('-f, --file <path>', 'replace all of it by a YAML or JSON file, or - for standard input')
    .option('--name <name>', 'free text')
    .option('--description <text>', 'what it is for')
    .option('--tag <tag>', 'all its tags; repeatable', append)
    .action(async (name: string, options: UpdateOptions) => {
      const { file } = options
      const saved =
        file === undefined ? await patch(cli, update, name, options) : await replace(cli, update, name, file)
      if (options.json) cli.json(saved)
      else printSaved(cli, '~', saved)
    })
  examples(update, [
    'upon automation update my-alert --description "Calls the hook when a run fails"',
    'upon automation update my-alert -f alert.yaml',
  ])
}

async function replace(cli: Cli, command: Command, name: string, file: string): Promise<Automation> {
  const [source, second] = await readDocuments(cli, file)
  if (source === undefined || second !== undefined) throw new CliError(`${file} must have exactly one automation`)
  checkAutomation(source)
  const input = inputOf(source)
  try {
    const client = cli.client(command)
    return await client.call(routes.replaceAutomation, { params: { automation: name }, body: input })
  } catch (error) {
    throw locateProblems(error, [{ source, input }])
  }
}

async function patch(cli: Cli, command: Command, automation: string, options: UpdateOptions): Promise<Automation> {
  const { name, description, tag } = options
  const body: AutomationPatch = {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(tag && { tags: [...tag] }),
  }
  if (Object.keys(body).length === 0) throw usage('nothing to change: give --file, --name, --description or --tag')
  return cli.client(command).call(routes.updateAutomation, { params: { automation }, body })
}

function printSaved(cli: Cli, sign: string, automation: Automation): void {
  cli.print(`  ${sign} automation ${automation.key}: ${triggerText(automation.trigger)}, version ${automation.version}`)
  for (const { path, message } of automation.warnings) cli.note(`  ${cli.style.yellow('warning')} ${path}: ${message}`)
}
